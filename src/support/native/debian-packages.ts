/** Debian packages that several tables name. */
import type { DebianPackage } from './definition.js';

/** What compiles C. */
export const COMPILER = 'build-essential';

/** The client of LDAP: its name had the version of OpenLDAP in it up to bookworm. */
export const LIBLDAP: DebianPackage = { bookworm: 'libldap-2.5-0', trixie: 'libldap2' };
