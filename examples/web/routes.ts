import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {Hono} from 'hono';
import {csrf} from 'hono/csrf';
import {secureHeaders} from 'hono/secure-headers';
import {PolicyError, type Policy} from 'smartcar-policy';
import type {Demo} from './demo.ts';
import type {Live} from './live.ts';
import {notConnectedPage, ownerPage} from './pages/owner.ts';
import {operatorPage} from './pages/operator.ts';
import {sessionOf} from './session.ts';
import type {Reader} from './smartcar.ts';

export interface RouteParts {
  readonly policy: Policy;
  /** Whose cars these are. */
  readonly owner: string;
  readonly live: Live;
  readonly reader: Reader;
  /** Somebody has been through Connect: which cars are there now? */
  readonly takeStock: () => Promise<void>;
  readonly demo?: Demo;
}

export type Routes = Hono;

const FILES = [
  ['live.js', 'text/javascript'],
  ['style.css', 'text/css'],
  ['operator.css', 'text/css'],
] as const;

export function routesOf({policy, owner, live, reader, takeStock, demo}: RouteParts): Routes {
  const app = new Hono();
  // No script but our own file, no style but our own file, and nobody else is ever asked.
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        connectSrc: ["'self'"],
        imgSrc: ['data:'],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
      strictTransportSecurity: false, // this is plain http on one machine
    }),
  );
  app.use(csrf());

  for (const [name, type] of FILES) {
    const content = readFileSync(join(import.meta.dirname, 'public', name), 'utf8');
    app.get(`/${name}`, c => c.body(content, 200, {'content-type': `${type}; charset=utf-8`}));
  }

  app.get('/', async c => {
    sessionOf(c);
    const drawn = await live.draw('owner');
    return c.html(ownerPage(drawn, demo?.panel(drawn)));
  });
  app.get('/operator', async c => c.html(operatorPage(await live.draw('operator'))));
  app.get('/events', c => live.stream(c, c.req.query('page') ?? ''));

  app.get('/connect', c => c.redirect(policy.connect.url(owner, {session: sessionOf(c)})));
  app.get('/callback', async c => {
    try {
      await policy.connect.handleCallback(c.req.raw, {session: sessionOf(c)});
    } catch (error) {
      if (!PolicyError.is(error) || error.code !== 'CALLBACK') throw error;
      return c.html(notConnectedPage(error.callback?.why), 400);
    }
    await takeStock();
    return c.redirect('/', 303);
  });
  app.post('/webhooks', c => policy.webhooks.handle(c.req.raw));

  if (demo) {
    app.post('/demo', async c => {
      const form = await c.req.formData();
      demo.apply(text(form.get('trouble')), text(form.get('car')), reader);
      live.changed();
      return c.redirect('/', 303);
    });
  }
  return app;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
