import type {Dice} from '../dice.ts';

export type Order = 'as-sent' | 'reversed' | 'shuffled';

export const orders: readonly Order[] = ['as-sent', 'reversed', 'shuffled'];

/** Puts events that were kept back into the order that was asked for. */
export function arrange<Item>(items: readonly Item[], order: Order, dice: Dice): Item[] {
  if (order === 'reversed') return items.toReversed();
  if (order === 'as-sent') return [...items];
  return items
    .map(item => ({item, rank: dice.share()}))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({item}) => item);
}
