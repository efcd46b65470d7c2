import { type Failure, type FailureKind, failure } from '../../core/failure.ts';
import type { HttpResponse } from '../../core/http.ts';
import type { SourceSettings } from '../../core/source.ts';
import { retryAfterMs } from './limit-headers.ts';
import { detailText } from './redact.ts';

/** What a status means where the provider documents nothing else. */
const KIND_BY_STATUS: Readonly<Record<number, FailureKind>> = {
  401: 'auth',
  402: 'quota',
  403: 'auth',
  407: 'blocked',
  408: 'down',
  418: 'limit',
  425: 'down',
  429: 'limit',
  451: 'blocked',
};

const HTML = /^\s*(?:<!doctype html|<html|<head|<body)/i;

/** True for a page meant for people: a firewall's, a proxy's or a login's, never an API's answer. */
export function isHtml(response: HttpResponse): boolean {
  return HTML.test(response.body) || /text\/html/i.test(response.headers['content-type'] ?? '');
}

/** The kind that a status stands for, before the body is looked at. Statuses below 300 but 200 carry no data. */
export function kindOfStatus(status: number): FailureKind {
  const kind = KIND_BY_STATUS[status];
  if (kind !== undefined) return kind;
  if (status >= 500) return 'down';
  if (status >= 400) return 'badRequest';
  if (status === 304 || status < 300) return 'noData';
  return 'redirect';
}

/** One line about an answer: its status and the head of its body, or the title of its page. */
export function answerText(response: HttpResponse, settings: SourceSettings): string {
  if (response.body.trim() === '') return `HTTP ${response.status} with an empty body`;
  if (!isHtml(response)) return detailText(`HTTP ${response.status}: ${response.body}`, settings);
  const title = /<title[^>]*>([^<]{1,120})/i.exec(response.body)?.[1]?.trim() ?? 'without title';
  return detailText(`HTTP ${response.status}: an HTML page, ${title}`, settings);
}

/**
 * The failure that an answer's status says, or null for 200: then the body decides, and an HTML page is no answer to an
 * API request. `refined` names statuses that the provider uses differently, such as 404 for an unknown symbol.
 * A provider with error envelopes looks at the body first and falls back to this.
 */
export function httpFailure(
  response: HttpResponse,
  settings: SourceSettings,
  refined: Readonly<Record<number, FailureKind>> = {},
): Failure | null {
  const { status } = response;
  const detail = (): string => answerText(response, settings);
  if (status === 200) return isHtml(response) ? failure('blocked', detail()) : null;
  const kind = status === 403 && isHtml(response) ? 'blocked' : (refined[status] ?? kindOfStatus(status));
  return failure(kind, detail(), retryAfterMs(response));
}
