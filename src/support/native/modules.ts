/** Debian packages that modules need which no Python package stands for: parts of larger ones that few apps use. */
import { type NativeNeed, need } from './definition.js';

/** By dotted name, as the code imports or installs the module: it counts for all below it. */
export const MODULE_NATIVE: Readonly<Record<string, NativeNeed>> = {
  // Looks for GDAL, GEOS and PROJ with the system's loader when it is imported; GDAL's own programs bring all three.
  'django.contrib.gis': need([], ['gdal-bin']),
};
