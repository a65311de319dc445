/** Drivers that SQLAlchemy takes for an address without a driver's name in some of its versions, and in others not. */
import { satisfies } from '@renovatebot/pep440';
import type { ServiceDriver } from '../definition.js';

/** Whether an address has to name the driver with a version of SQLAlchemy, or with whichever is the newest where none is known. */
export function hasToBeNamed({ unnamedBefore }: ServiceDriver, sqlalchemy: string | undefined): boolean {
  if (unnamedBefore === undefined) return false;
  return sqlalchemy === undefined || !satisfies(sqlalchemy, `<${unnamedBefore}`, { prereleases: true });
}
