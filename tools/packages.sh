#!/bin/sh
# Offers the Debian packages that the tests use, and installs them without letting their services start.
#
#   sh tools/packages.sh                    lists what is missing, asks (YES=1 or CI=true answers), installs
#   sh tools/packages.sh install NAME ...   the part that needs root
#   sh tools/packages.sh restore            puts back what a run that was killed left changed
#
# A refusal, or a machine where it cannot be done, is no error: the tests concerned skip and say why.
set -eu

policy=/usr/sbin/policy-rc.d
clusters=/etc/postgresql-common/createcluster.conf
kept=".before-warifu"
mark="placed by warifu's ./run test"

say() { printf 'run: %s\n' "$*" >&2; }

# any PATH ...: one of the paths (unmatched patterns included) is a program.
any() {
    for path in "$@"; do
        if [ -x "$path" ]; then return 0; fi
    done
    return 1
}

missing() {
    any /usr/sbin/nginx /usr/local/sbin/nginx || printf '%s ' nginx
    any /usr/sbin/haproxy /usr/local/sbin/haproxy || printf '%s ' haproxy
    any /usr/lib/postgresql/*/bin/postgres || printf '%s ' postgresql
    any /usr/sbin/sshd || printf '%s ' openssh-server
    any /usr/bin/ssh || printf '%s ' openssh-client
    any /usr/bin/ss /bin/ss || printf '%s ' iproute2
    any /usr/bin/keytool || printf '%s ' default-jre-headless
    any /usr/bin/certutil || printf '%s ' libnss3-tools
    any /usr/bin/certtool || printf '%s ' gnutls-bin
    any /usr/sbin/exim4 || printf '%s ' exim4-daemon-light
    any /usr/lib/dovecot/imap || printf '%s ' dovecot-imapd
    any /usr/lib/dovecot/pop3 || printf '%s ' dovecot-pop3d
    any /usr/sbin/slapd || printf '%s ' slapd
    any /usr/sbin/mariadbd || printf '%s ' mariadb-server-core
    any /usr/bin/swtpm_setup || printf '%s ' swtpm-tools
    any /usr/sbin/nats-server /usr/bin/nats-server || printf '%s ' nats-server
}

# as_root ARGS: this script again, as root; fails when nobody gives that right.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        sh "$0" "$@"
    elif command -v sudo >/dev/null 2>&1 && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
        sudo sh "$0" "$@"
    else
        say "root is needed, and sudo does not give it"
        return 1
    fi
}

# A run that was killed while it installed has left its traces.
leftovers() {
    [ -e "$policy$kept" ] || [ -e "$clusters$kept" ] || grep -qs "$mark" "$policy" "$clusters"
}

offer() {
    if leftovers; then
        as_root restore || say "left over from a run that was killed: $policy, $clusters (copies: *$kept)"
    fi
    wanted=$(missing)
    if [ -z "$wanted" ]; then exit 0; fi
    say "the tests also use these Debian packages, which are not installed: $wanted"
    if ! command -v apt-get >/dev/null 2>&1; then
        say "there is no apt-get here; the tests that need them will skip"
        exit 0
    fi
    if [ "${YES:-}" = 1 ] || [ "${CI:-}" = true ]; then
        answer=y
    elif [ -t 0 ]; then
        printf 'run: install them now? Their services will not be started. [y/N] ' >&2
        read -r answer || answer=n
    else
        say "nobody to ask here (YES=1 answers yes); the tests that need them will skip"
        exit 0
    fi
    case "$answer" in
        y|Y|yes|YES) ;;
        *) say "not installed; the tests that need them will skip"; exit 0 ;;
    esac
    # shellcheck disable=SC2086 # a list of words
    as_root install $wanted || say "not everything is installed; the tests concerned will skip"
}

# give_back FILE: what we found is there again; without a kept copy, what we placed is gone.
give_back() {
    if [ -e "$1$kept" ]; then
        mv -f "$1$kept" "$1"
    elif [ -e "$1" ] && grep -q "$mark" "$1"; then
        rm -f "$1"
    fi
}

restore() {
    give_back "$policy"
    give_back "$clusters"
}

# keep FILE: set a copy aside, owner and mode with it.
keep() {
    if [ -e "$1" ]; then cp -p "$1" "$1$kept"; fi
}

forbid_starting() {
    keep "$policy"
    rm -f "$policy"
    printf '#!/bin/sh\n# %s\nexit 101\n' "$mark" >"$policy"
    chmod 755 "$policy"
}

get() {
    apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 \
        -o Dpkg::Options::=--force-confold "$@" </dev/null >&2
}

# get_with_fresh_lists NAME ...: lists that are absent or out of date are fetched.
get_with_fresh_lists() {
    if any_lists && get "$@"; then return 0; fi
    apt-get update -qq >&2
    get "$@"
}

any_lists() {
    for list in /var/lib/apt/lists/*_Packages*; do
        if [ -e "$list" ]; then return 0; fi
    done
    return 1
}

# Debian makes a cluster "main" and starts it at every boot, unless this file says no.
forbid_cluster() {
    keep "$clusters"
    printf '# %s\ncreate_main_cluster = false\n' "$mark" >"$clusters"
}

# stay_down SERVICE: nor does it start at the next boot.
stay_down() {
    if command -v systemctl >/dev/null 2>&1; then
        systemctl --quiet disable "$1" >/dev/null 2>&1 || true
    elif command -v update-rc.d >/dev/null 2>&1; then
        update-rc.d "$1" disable >/dev/null 2>&1 || true
    fi
}

install_all() {
    export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
    restore # what a run that was killed may have left
    trap restore EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    forbid_starting
    for name in "$@"; do
        if [ "$name" = postgresql ]; then
            get_with_fresh_lists postgresql-common
            forbid_cluster
        fi
        get_with_fresh_lists "$name"
        case "$name" in
            openssh-server) stay_down ssh ;;
            exim4-daemon-light) stay_down exim4 ;;
            dovecot-*) stay_down dovecot ;;
            openssh-client | iproute2 | default-jre-headless | libnss3-tools | gnutls-bin | mariadb-server-core | swtpm-tools) ;;
            *) stay_down "$name" ;;
        esac
    done
    say "installed: $*"
}

case "${1:-offer}" in
    offer) offer ;;
    install) shift; install_all "$@" ;;
    restore) restore ;;
    *) say "packages.sh: unknown verb '$1'"; exit 2 ;;
esac
