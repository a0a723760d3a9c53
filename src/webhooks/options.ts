import type {UserFor} from './act.ts';

/** Source: https://smartcar.com/docs/integrations/webhooks/callback-verification */
export interface WebhookOptions {
  /** From Smartcar's dashboard, under the application's configuration. Not the client secret. */
  readonly applicationManagementToken: string;
  /**
   * The key of the owner in your store (`user` of a call) for Smartcar's ids; may look it up. Without a key an event is
   * told (`webhook`), and nothing else is done about it.
   * @default v3: Smartcar's user id, which is `sc-user-id`. v2: none, since stores have keys of their own there
   */
  readonly userFor?: UserFor;
  /**
   * Whether your product uses a signal, by its code. Smartcar reports missing permissions for signals that nobody asked
   * for; an owner is bothered only for those that are used.
   * @default those whose permission stands in `connect.scope`; without that, none
   */
  readonly usesSignal?: (code: string) => boolean;
}
