import { options, render } from 'preact';
import { startFeed } from './feed.ts';
import { Page } from './page.tsx';

// A replay at speed brings hundreds of events a second: draw once a frame, whatever came.
options.debounceRendering = requestAnimationFrame;

const root = document.getElementById('page');
if (root !== null) render(<Page />, root);
startFeed();
