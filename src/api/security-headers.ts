import type { FastifyHelmetOptions } from '@fastify/helmet';

/**
 * The one style element that lightweight-charts writes for its TradingView mark, by digest; browser and unit tests
 * notice when a new version of the library writes another.
 */
export const CHART_STYLE_DIGEST = "'sha256-3pRED1tOXas1FXFoPb9TGCjmYe9XQsmO9OV23khV2nY='";

/** Nothing but this server's own files; no inline script or style, no frame, no form. */
export const SECURITY_HEADERS: FastifyHelmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", CHART_STYLE_DIGEST],
      imgSrc: ["'self'"],
      connectSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  frameguard: { action: 'deny' },
  referrerPolicy: { policy: 'no-referrer' },
  // Plain HTTP on loopback: promising HTTPS would lock other local services out of the browser.
  hsts: false,
};
