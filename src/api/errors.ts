import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { LedgerError } from '../core/ledger.ts';
import type { ErrorAnswer, ErrorCode } from './contract.ts';

export const errorBody = (code: ErrorCode, message: string): ErrorAnswer => ({ error: { code, message } });

const FOUND_CHARS_MAX = 80;

/** What was found, quoted and cut short: it is echoed to whoever sent it. */
const quoted = (found: unknown): string => JSON.stringify(found ?? null).slice(0, FOUND_CHARS_MAX);

/** One line per wrong parameter: its name, what was found, what is allowed. */
function parameterFaults(error: FastifyError, request: FastifyRequest): string {
  if (!hasZodFastifySchemaValidationErrors(error)) return error.message;
  const values = (request[placeOf(error)] ?? {}) as Readonly<Record<string, unknown>>;
  const faults = error.validation.map(({ keyword, instancePath, message = '', params }) => {
    if (keyword === 'unrecognized_keys') return unknownParameters(params, request);
    const name = instancePath.slice(1);
    const found = values[name] === undefined ? 'missing' : `found ${quoted(values[name])}`;
    return `${name}: ${found}, allowed is ${message}`;
  });
  return faults.join('; ');
}

function placeOf({ validationContext }: FastifyError): 'params' | 'headers' | 'query' {
  return validationContext === 'params' || validationContext === 'headers' ? validationContext : 'query';
}

function unknownParameters({ keys = [] }: { keys?: string[] }, request: FastifyRequest): string {
  const schema = request.routeOptions.schema?.querystring;
  const allowed = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const list = allowed.length > 0 ? `allowed are ${allowed.join(', ')}` : 'none is allowed here';
  return `unknown parameter ${keys.slice(0, 5).map(quoted).join(', ')}: ${list}`;
}

/** Turns whatever went wrong into the one error shape; what was not expected goes to `onError` and stays nameless. */
export function errorHandler(onError: (error: Error) => void) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    if (error instanceof LedgerError) {
      onError(error);
      const message = 'the ledger does not answer now; see /health/ready';
      return reply.code(503).header('retry-after', '5').send(errorBody('ledgerUnavailable', message));
    }
    const status = error.statusCode ?? 500;
    if (error.validation !== undefined || (status >= 400 && status < 500)) {
      return reply.code(400).send(errorBody('badRequest', parameterFaults(error, request)));
    }
    onError(error);
    return reply.code(500).send(errorBody('internal', 'something failed here; the log says what'));
  };
}
