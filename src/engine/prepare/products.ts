import type { Prepare } from '../../schema/prepareSchema';
import { UserError } from '../errors';

/** A product of features: their places, ascending; one that comes twice is squared. */
export type Product = readonly number[];

/** So many products are made at most. */
export const mostProducts = 2000;

/**
 * The products of features up to a degree, beyond the features themselves, in the order of scikit-learn's PolynomialFeatures
 * (which has them after its bias and the features): by degree, then by place.
 *
 * @param places the features that are multiplied.
 */
export function planProducts(places: readonly number[], { degree, interactionOnly }: Pick<Prepare['polynomial'], 'degree' | 'interactionOnly'>): Product[] {
  let previous: Product[] = places.map((place) => [place]);
  const products: Product[] = [];
  for (let size = 2; size <= degree; size++) {
    previous = previous.flatMap((product) => {
      const last = product[product.length - 1];
      return places.filter((place) => (interactionOnly ? place > last : place >= last)).map((place) => [...product, place]);
    });
    products.push(...previous);
  }
  return products;
}

/** How many products that gives: combinations of `features` taken up to `degree` at a time, with or without repetition. */
export function countProducts(features: number, { degree, interactionOnly }: Pick<Prepare['polynomial'], 'degree' | 'interactionOnly'>): number {
  let total = 0;
  for (let size = 2; size <= degree; size++) {
    let combinations = 1;
    for (let i = 0; i < size; i++) {
      combinations = (combinations * (interactionOnly ? features - i : features + i)) / (i + 1);
    }
    total += Math.max(0, combinations);
  }
  return Math.round(total);
}

/** @throws UserError when there would be too many products. */
export function checkProducts(features: number, polynomial: Prepare['polynomial']): void {
  const products = countProducts(features, polynomial);
  if (products > mostProducts) {
    throw new UserError(
      `Products of degree ${polynomial.degree} of ${features} numeric columns would be ${products} features, but at most ${mostProducts} are made; name fewer columns in "prepare.polynomial.columns" or lower the degree.`,
    );
  }
}

/** A product's name: "a*b", "a^2", "a^2*b". */
export function productName(product: Product, names: readonly string[]): string {
  const powers = new Map<number, number>();
  product.forEach((place) => powers.set(place, (powers.get(place) ?? 0) + 1));
  return Array.from(powers, ([place, power]) => (power === 1 ? names[place] : `${names[place]}^${power}`)).join('*');
}
