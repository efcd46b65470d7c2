/** Answers in the documented shapes, written from the documentation. */

export const CREATED_AT_S = 1_795_208_400;

/** Stances as a model would say them, one per symbol. */
export function stancesText(...symbols: readonly string[]): string {
  return JSON.stringify({
    stances: symbols.map((symbol, index) => ({
      symbol,
      stance: index % 2 === 0 ? 'buy' : 'sell',
      confidence: 0.55 + index / 10,
      rationale: `${symbol} moves.`,
    })),
  });
}

/** A Responses answer: a reasoning item, then one message with `text`. */
export function responsesBody(text: string, fields: Readonly<Record<string, unknown>> = {}) {
  return {
    id: 'resp_7c1e',
    object: 'response',
    status: 'completed',
    created_at: CREATED_AT_S,
    completed_at: CREATED_AT_S + 2,
    model: 'grok-4.3',
    output: [
      {
        type: 'reasoning',
        id: 'rs_1',
        status: 'completed',
        summary: [{ type: 'summary_text', text: 'Hm.' }],
      },
      {
        type: 'message',
        id: 'msg_1',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text, annotations: [] }],
      },
    ],
    incomplete_details: null,
    error: null,
    ...fields,
  };
}

/** A chat completion with `text` as its message. */
export function chatBody(text: string, choice: Readonly<Record<string, unknown>> = {}) {
  return {
    id: '2af5',
    object: 'chat.completion',
    created: CREATED_AT_S,
    model: 'grok-4.3',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: text, refusal: null },
        finish_reason: 'stop',
        ...choice,
      },
    ],
    usage: { prompt_tokens: 412, completion_tokens: 96, total_tokens: 736, cost_in_usd_ticks: 11_906_000 },
  };
}
