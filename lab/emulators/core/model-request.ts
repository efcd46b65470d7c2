/** What an emulated model needs of a request. */
export type ModelRequest = {
  readonly model: string;
  readonly instructions: string;
  /** All the user said, joined. */
  readonly data: string;
  /** The retired Live Search was asked for. */
  readonly liveSearch: boolean;
};

type Fields = Readonly<Record<string, unknown>>;

/** Chat completions; null where the body is not one. */
export function readChat(body: string | null): ModelRequest | null {
  const fields = fieldsOf(body);
  if (fields === null || typeof fields.model !== 'string' || !Array.isArray(fields.messages)) return null;
  return {
    model: fields.model,
    instructions: saidBy(fields.messages, 'system'),
    data: saidBy(fields.messages, 'user'),
    liveSearch: 'search_parameters' in fields,
  };
}

/** Responses, whose input is text or a list of messages; null where the body is not one. */
export function readResponses(body: string | null): ModelRequest | null {
  const fields = fieldsOf(body);
  if (fields === null || typeof fields.model !== 'string') return null;
  const { input } = fields;
  const data = typeof input === 'string' ? input : Array.isArray(input) ? saidBy(input, 'user') : null;
  if (data === null) return null;
  const instructions = typeof fields.instructions === 'string' ? fields.instructions : '';
  return { model: fields.model, instructions, data, liveSearch: false };
}

function fieldsOf(body: string | null): Fields | null {
  try {
    const value: unknown = JSON.parse(body ?? '');
    return typeof value === 'object' && value !== null ? (value as Fields) : null;
  } catch {
    return null;
  }
}

function saidBy(messages: readonly unknown[], role: string): string {
  return messages
    .filter((message) => (message as Fields | null)?.role === role)
    .map((message) => textOf((message as Fields).content))
    .join('\n');
}

/** A message is text, or parts of which some are text. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part) => (part as Fields | null)?.text)
    .filter((text) => typeof text === 'string')
    .join('');
}
