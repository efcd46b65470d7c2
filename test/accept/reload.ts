import { part } from './part.ts';
import { REAL_TIME, reloadRun, rotationRun } from './reload-run.ts';

const PARSE_MS_MAX = 200;

/** A service under load whose file is rewritten on and on, and beside it a key that is replaced on and on. `--writes N --rotations N --seed TEXT`. */
await part('reload', { writes: '10000', rotations: '10', seed: 'accept' }, async (options) => {
  const [{ faults, ...figures }, rotation] = await Promise.all([
    reloadRun({ time: REAL_TIME(), writes: Number(options.writes), restEvery: 150, seed: options.seed }),
    rotationRun({ time: REAL_TIME(), rotations: Number(options.rotations) }),
  ]);
  const failed = Object.entries(rotation.byStatus).filter(([status]) => status !== '200');
  return {
    figures: { ...figures, rotation },
    faults: [
      ...faults,
      ...(figures.parseMsMax > PARSE_MS_MAX ? [`a file took ${figures.parseMsMax} ms to read`] : []),
      ...(rotation.underWay === 0 ? ['no request was under way while a key was replaced'] : []),
      ...(rotation.unauthenticated > 0 || failed.length > 0
        ? [`with replaced keys: ${JSON.stringify(rotation)}`]
        : []),
    ],
  };
});
