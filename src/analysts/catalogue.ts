import type { AnalystSpec } from '../core/analyst.ts';
import { breakout } from './breakout.ts';
import { ensemble } from './ensemble.ts';
import { gauge } from './gauge.ts';
import { meanReversion } from './mean-reversion.ts';
import { model } from './model.ts';
import { momentum } from './momentum.ts';
import { ratings } from './ratings.ts';
import { trend } from './trend.ts';

/** Every analyst a source may name in its configuration, by id. */
export const ANALYSTS: Readonly<Record<string, AnalystSpec>> = {
  trend,
  meanReversion,
  momentum,
  breakout,
  ensemble,
  model,
  ratings,
  gauge,
};
