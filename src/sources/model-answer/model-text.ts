import { type Failure, failure } from '../../core/failure.ts';
import { field, items, textAt } from '../door/json.ts';
import { epochMs } from '../door/time.ts';

/** What a model said and when its answer was made, or why there is nothing whole to read. */
export type ModelText =
  | { readonly kind: 'ok'; readonly text: string; readonly eventAtMs: number }
  | { readonly kind: 'failed'; readonly failure: Failure };

function refused(detail: string): ModelText {
  return { kind: 'failed', failure: failure('badPayload', detail) };
}

/** A short word out of the body, fit for a failure's detail. */
function wordAt(value: unknown, ...path: (string | number)[]): string {
  const word = textAt(value, ...path);
  return word !== null && /^[\w.-]{1,40}$/.test(word) ? word : 'unknown';
}

function spoken(text: string | null, eventAtMs: number | null): ModelText {
  if (eventAtMs === null) return refused('the answer does not say when it was made');
  if (text === null) return refused('the answer holds no text');
  return { kind: 'ok', text, eventAtMs };
}

/**
 * The text of an answer in the Responses shape (`object: "response"`): the output_text parts of its last message. An
 * answer that is not completed (cut off, still queued) is badPayload, one that the provider calls failed is down, a
 * refusal of the model is noData.
 */
export function responsesText(body: unknown): ModelText {
  if (field(body, 'object') !== 'response') {
    return refused(`its object is ${wordAt(body, 'object')}, not response`);
  }
  const status = wordAt(body, 'status');
  if (status === 'failed') {
    return { kind: 'failed', failure: failure('down', 'the provider says that the run failed') };
  }
  if (status !== 'completed') {
    return refused(
      `its status is ${status} (${wordAt(body, 'incomplete_details', 'reason')}), not completed`,
    );
  }
  const message = items(field(body, 'output')).findLast((item) => field(item, 'type') === 'message');
  if (message !== undefined && field(message, 'status') !== 'completed') {
    return refused(`its message is ${wordAt(message, 'status')}, not completed`);
  }
  const parts = items(field(message, 'content'));
  if (parts.some((part) => field(part, 'type') === 'refusal')) {
    return { kind: 'failed', failure: failure('noData', 'the model refused to answer') };
  }
  const texts = parts
    .filter((part) => field(part, 'type') === 'output_text')
    .map((part) => textAt(part, 'text'));
  return spoken(texts.join('') || null, epochMs(field(body, 'created_at'), 's'));
}

/**
 * The text of an answer in the chat completions shape: the first choice's message, when it ended by itself. One that was
 * cut off or calls a tool is badPayload, a refusal is noData.
 */
export function chatText(body: unknown): ModelText {
  if (field(body, 'object') !== 'chat.completion') {
    return refused(`its object is ${wordAt(body, 'object')}, not chat.completion`);
  }
  if (textAt(body, 'choices', 0, 'message', 'refusal') !== null) {
    return { kind: 'failed', failure: failure('noData', 'the model refused to answer') };
  }
  const ending = wordAt(body, 'choices', 0, 'finish_reason');
  if (ending !== 'stop') return refused(`its finish_reason is ${ending}, not stop`);
  return spoken(textAt(body, 'choices', 0, 'message', 'content'), epochMs(field(body, 'created'), 's'));
}
