#!/usr/bin/env bash
# A container runtime for the tests, on a Debian machine that has none: Podman, set up so that it works without systemd and without the right to
# raise limits; busybox for the tests' image, and a registry to pull from. For CI machines only: it writes to /etc. Prints the socket that the
# service is to listen on, or nothing where a runtime answers already.
set -euo pipefail

answers() { # whether anybody listens on that socket
  node -e 'require("net").connect(process.argv[1]).on("connect", () => process.exit(0)).on("error", () => process.exit(1))' "$1"
}
as_root=()
((EUID == 0)) || as_root=(sudo)

packages=()
[[ -x /bin/busybox ]] || packages+=(busybox-static)
if [[ ! -x /usr/bin/docker-registry ]]; then
  packages+=(docker-registry)
  # Tests start their own; the package's would listen on all addresses.
  "${as_root[@]}" mkdir -p /etc/systemd/system
  "${as_root[@]}" ln -sf /dev/null /etc/systemd/system/docker-registry.service
fi
for socket in /var/run/docker.sock /run/podman/podman.sock; do
  if answers "$socket"; then
    found=$socket
    break
  fi
done
# catatonit is what `initProcessEnabled` runs under.
[[ -n ${found-} ]] || packages+=(podman runc netavark aardvark-dns iptables catatonit)
if ((${#packages[@]})); then
  {
    "${as_root[@]}" apt-get update -q
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -yq --no-install-recommends "${packages[@]}"
  } >&2
fi
[[ -z ${found-} ]] || exit 0

# crun refuses hybrid cgroups; limits that can't be raised must be small from the beginning; a command's monitor is not kept for five minutes.
"${as_root[@]}" mkdir -p /etc/containers /run/podman
"${as_root[@]}" tee /etc/containers/containers.conf >/dev/null <<'CONF'
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
exit_command_delay = 1
[network]
network_backend = "netavark"
CONF
echo /run/podman/podman.sock
