import {closest} from 'fastest-levenshtein';
import type {Voice} from './core/messages/verdict.ts';
import type {Advisor} from './engine/describe.ts';
import type {PolicyOptions} from './options.ts';

/** How messages to owners are worded. */
export function voiceOf({app, messages}: PolicyOptions): Voice {
  return {
    ...(app?.name !== undefined && {appName: app.name}),
    ...(app?.locale !== undefined && {locale: app.locale}),
    ...(messages && {messages}),
  };
}

/** What hints may say of the options. */
export function settingsOf({auth, connect = {}}: PolicyOptions): Advisor['settings'] {
  const {scope, mode, applicationId, redirectUri = auth?.redirectUri} = connect;
  return {
    nearest: (word, among) => closest(word, among),
    ...(scope && {scope}),
    ...(mode && {mode}),
    ...(auth && {
      auth: {
        version: auth.version,
        clientId: auth.clientId,
        byPolicy: false,
        ...(applicationId !== undefined && {applicationId}),
        ...(redirectUri !== undefined && {redirectUri}),
      },
    }),
  };
}
