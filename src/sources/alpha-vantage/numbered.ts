import { members } from '../door/json.ts';

/**
 * The value of a member such as `6. Last Refreshed` by its name without the number: the same name carries other numbers
 * in other functions. Undefined where no member has the name.
 */
export function numbered(value: unknown, name: string): unknown {
  return members(value).find(([key]) => /^\d+\. /.test(key) && key.slice(key.indexOf(' ') + 1) === name)?.[1];
}
