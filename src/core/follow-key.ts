/** Where a policy lets itself be followed from within. Also found by another copy of this package. */
export const FOLLOW: unique symbol = Symbol.for('smartcar-policy.follow') as never;
