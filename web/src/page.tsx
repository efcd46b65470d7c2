import { Board } from './board.tsx';
import { Detail } from './detail.tsx';
import { Banner, Header } from './header.tsx';
import { RecentSignals } from './recent-signals.tsx';
import { Sources } from './sources.tsx';
import { connection } from './store.ts';
import { TrackRecord } from './track-record.tsx';

export function Page() {
  return (
    <>
      <Banner />
      <Header />
      <main class={connection.value.kind === 'lost' ? 'is-lost' : ''}>
        <Board />
        <Detail />
        <RecentSignals />
        <TrackRecord />
        <Sources />
      </main>
      <footer>
        <a href="/openapi.json">API</a>
        <span>Times are UTC. Charts by TradingView Lightweight Charts™.</span>
      </footer>
    </>
  );
}
