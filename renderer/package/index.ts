/** Stage package in the window. Monaco is loaded with the place, not with the window. */
import { lazy } from 'react';
import type { Place } from '../places';

const PackagePlace = lazy(async () => {
  const { PackagePlace: Component } = await import('./package-place');
  return { default: Component };
});

export const place: Place = { name: 'package', Component: PackagePlace };
