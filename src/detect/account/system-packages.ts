/** Packages of the system that the app's own container has, and the image here has not. */
import { unlessEmpty } from '../../source/defined.js';
import { namesOf } from '../../support/native/definition.js';
import type { Facts, LeftStep } from '../facts.js';
import type { ImageStage } from '../files/image-stages.js';
import { systemInstalls } from '../files/system-installs.js';
import { placeOf } from './image-runs.js';

/** What builds other things, what people work with, and what a wheel brings or another part of Quayside does. */
const NEEDLESS =
  /^(build-essential|build-base|gcc.*|g\+\+.*|clang.*|llvm.*|make|cmake|ninja-build|autoconf|automake|libtool|pkg-config|pkgconf|pkgconfig|patch|bison|flex|swig|rustc|rust|cargo|golang.*|go|curl|wget|git|git-lfs|git-core|ca-certificates|gnupg\d?|gpg.*|dirmngr|apt-utils|apt-transport-https|software-properties-common|lsb-release|debian-.*keyring|python\d?.*|pypy.*|py3-.*|pip|virtualenv|uv|nodejs.*|npm|yarn|netcat.*|nmap.*|ncat|vim.*|nano|less|procps|psmisc|htop|sudo|bash.*|zsh|openssh.*|ssh|tzdata|locales|gosu|su-exec|tini|dumb-init|shadow|coreutils|util-linux|findutils|grep|sed|gawk|tar|zip|unzip|xz-utils|xz|bzip2|gzip|p7zip|dos2unix|rsync|jq|yq|telnet|iputils-ping|dnsutils|bind9.*|net-tools|iproute2|lsof|strace|gdb|file|tree|screen|tmux|ack.*|media-types|mailcap|bc|busybox|perl|libldap-common|pylint|envsubst|pwgen|postgresql.*|mariadb.*|mysql.*|default-mysql.*|default-libmysql.*|redis.*|sqlite\d?|gettext.*|nginx.*|supervisor|musl.*|linux-.*headers.*|libc6.*|libc-dev|libcompat|libc6-compat|gcompat|libstdc\+\+.*|libgomp.*|libgcc.*|libssl.*|openssl.*|libffi\d*|libxml2|libxslt.*|libpq\d?|libpq-dev|libmariadb.*|libmysqlclient.*|zlib.*|libz.*|libjpeg.*|libpng.*|libtiff.*|libwebp.*|libfreetype.*|freetype|libopenjp.*|liblcms.*|lcms2|tk8.*|tcl8.*|tcl|tk|libharfbuzz\d.*|libfribidi.*|libxcb\d.*|libyaml.*|libexpat.*|libsqlite3.*|libbz2.*|libreadline.*|libncurses.*|ncurses.*|liblzma.*|libev\d?|libuv\d|libpcre.*|pcre.*|libsasl2.*|libevent.*|libsodium.*|wait-for-it|man-db|manpages.*|openjdk.*-jdk.*|.*-dev(el)?|.*-dbg|.*-doc)$/;

/** Finds them, those of each instruction in one. */
export async function leftPackages(stage: ImageStage, facts: Facts): Promise<readonly LeftStep[]> {
  const known = new Set(
    [...facts.native, ...(facts.nativeOfTests ?? [])].flatMap(({ build, runtime }) =>
      [...build, ...runtime].flatMap(namesOf),
    ),
  );
  const found = stage.instructions.map(async instruction => {
    const names = await systemInstalls(instruction);
    const others = unlessEmpty([...new Set(names)].filter(name => !NEEDLESS.test(name) && !isKnown(name, known)));
    return others ? [{ kind: 'package', value: others.join(' '), place: placeOf(stage, instruction) } as const] : [];
  });
  return (await Promise.all(found)).flat();
}

/** Names of libraries differ by the release and by what its C library was built with: `libmagic1`, `libmagic1t64`. */
function isKnown(name: string, known: ReadonlySet<string>): boolean {
  const bare = (text: string) => text.replace(/(t64|-dev)$/, '').replace(/[\d.-]*$/, '');
  return known.has(name) || [...known].some(other => bare(other) === bare(name));
}
