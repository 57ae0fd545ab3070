#include <algorithm>
#include <array>
#include <cassert>

#include <vethwork/topology/field.hpp>

namespace vethwork::topology {

namespace {

constexpr auto object_table = std::to_array<ObjectRow>({
    {"lab", "The file", "A file describes one lab.", ""},
    {"addressing", "addressing", "The pools that automatic addresses come from: a /24 and a /64 a segment.",
     ""},
    {"defaults", "defaults", "What nodes and links have that say nothing else.", ""},
    {"node", "nodes, templates", "A network namespace, or several alike.", ""},
    {"interface", "interfaces", "A device that is no end of a cable.", ""},
    {"switch", "switch", "The bridge of a node of role switch.", ""},
    {"nat", "nat", "One translation, done by nftables in table vethwork_nat.", "masquerade snat dnat"},
    {"service", "services", "A process that runs in a node.", "run argv"},
    {"ready", "ready", "When a service counts as started.", "tcp udp unix http file log exec"},
    {"file", "files", "A file that only the processes of the node see.", "text source"},
    {"limits", "limits",
     "What the processes of a node may use, by control groups: where none can be made, `up` says so.", ""},
    {"link", "links", "Cables: what they join, written once.", "link chain ring mesh lan"},
    {"end", "end of a link", "One end of a cable. Short forms: NODE and NODE:INTERFACE.", ""},
    {"impair", "impair", "What a link does to packets, by the kernel's netem.", ""},
    {"gilbert", "loss in bursts", "Gilbert-Elliott: a good and a bad state, and the loss in each.", ""},
    {"internet", "internet",
     "The way out through a node that masquerades: for IPv4, by pasta also for IPv6 where this machine has "
     "it. A lab without it is sealed. By `mode: nat` the namespace where root brings the lab up forwards for "
     "it, IPv4 only: it gets a cable's end (vwnat…, of 100.126.0.0/16), an nft table inet vethwork_LAB, and "
     "forwarding of the links that its IPv4 routes lead to, but for others than the lab. `check`, `plan` and "
     "`up` say which; `down` puts it all back.",
     ""},
    {"step", "scenarios", "One event of a scenario, which is read and checked; nothing plays scenarios yet.",
     "down up impair run kill"},
    {"fault", "given",
     "A fault that a test sets and undoes, by making the lab as its file says: what else a script has "
     "changed stays. Where the lab is not so before, the test is left out.",
     "down up impair run kill"},
    {"test", "tests", "Something that must hold in the running lab. `vethwork test` carries it out.",
     "ping reach path tcp udp http drop throughput exec"},
    {"ping", "ping", "Echo requests are answered.", ""},
    {"reach", "reach", "Every node reaches every other.", ""},
    {"path", "path", "Packets take this way.", ""},
    {"tcp", "tcp", "A TCP connection is accepted.", ""},
    {"udp", "udp", "A datagram is answered.", ""},
    {"http", "http", "A page is served.", ""},
    {"drop", "drop", "A packet dies, and where and why.", ""},
    {"throughput", "throughput",
     "How much goes through: UDP datagrams of 1,200 bytes at most, half more of them than may arrive at "
     "most.",
     ""},
    {"exec", "exec", "A command succeeds in a node.", "run argv"},
});

constexpr auto field_table = std::to_array<Field>({
    {"lab", "vethwork", "=1", true, "The version of the format."},
    {"lab", "name", "name", false, "The name of the lab; without it that of the file."},
    {"lab", "title", "text", false, "One line for people."},
    {"lab", "include", "text|[text]", false, "Files whose contents are merged in first; this file wins."},
    {"lab", "vars", "<value>", false, "Variables of $(…); `up --var NAME=VALUE` overrides them."},
    {"lab", "addressing", "=off|{addressing}", false,
     "Where automatic addresses come from; 10.0.0.0/8 and fd00::/48 by default."},
    {"lab", "routing", "=auto,connected", false,
     "auto: every node reaches every other; connected: nothing is added."},
    {"lab", "defaults", "{defaults}", false, "What nodes and links have that say nothing else."},
    {"lab", "templates", "<{node}>", false, "Nodes to be `use`d by others; a template may use another."},
    {"lab", "nodes", "<{node}>", true, "The nodes by name; $(…) in a name and `count` make several."},
    {"lab", "links", "[{link}]", false, "The cables."},
    {"lab", "internet", "{internet}", false,
     "The way out through a node that masquerades: for IPv4, by pasta also for IPv6 where this machine has "
     "it. "
     "A lab without it is sealed."},
    {"lab", "scenarios", "<[{step}]>", false,
     "Named series of faults. Read and checked; nothing plays them yet."},
    {"lab", "tests", "[{test}]", false, "What must hold: `vethwork test` looks."},

    {"addressing", "v4", "=off|prefix", false,
     "The pool of IPv4; each segment gets a /24 of it, from .1 on."},
    {"addressing", "v6", "=off|prefix", false,
     "The pool of IPv6; each segment gets a /64 of it. Where it is off and IPv4 is not, hosts that the file "
     "names no "
     "IPv6 for get no link-local addresses either."},

    {"defaults", "node", "{node}", false, "Keys of every node."},
    {"defaults", "link", "{link}", false, "Keys of every link."},

    {"node", "role", "=host,router,switch", false,
     "A router forwards, a switch is a bridge; host by default."},
    {"node", "count", "integer", false, "That many nodes, NAME1, NAME2, …; $(i) is the number."},
    {"node", "for", "<value|[value]>", false,
     "One node for each value: N is 0 to N-1, A..B is A to B, a list is its items."},
    {"node", "if", "value", false, "The node is there only where this is not 0, false, no or off."},
    {"node", "use", "text|[text]", false, "Templates whose keys this node has too; its own win."},
    {"node", "tags", "name|[name]", false, "Tags for the selector tag:NAME."},
    {"node", "netns", "text", false, "own (default), host (the caller's), or the path of a namespace."},
    {"node", "lo", "prefix|[prefix]", false,
     "Addresses of the loopback device; those of routers are routed."},
    {"node", "gateway", "text|[text]", false,
     "auto (the segment's first router), none, a node, or an address."},
    {"node", "routes", "[text]", false, "Routes, as they follow `ip route add`."},
    {"node", "rules", "[text]", false, "Rules, as they follow `ip rule add`."},
    {"node", "interfaces", "<{interface}>", false, "Devices that are no end of a cable."},
    {"node", "sysctls", "<value>", false, "Kernel settings under net., by their names."},
    {"node", "nft", "text", false, "A ruleset for nft."},
    {"node", "nft-file", "text", false, "A file with a ruleset for nft."},
    {"node", "nat", "[{nat}]", false, "Address translation."},
    {"node", "switch", "{switch}", false, "Settings of the bridge of a switch."},
    {"node", "services", "<{service}>", false, "Processes to be started."},
    {"node", "files", "<text|{file}>", false, "Files as the processes of this node see them, by path."},
    {"node", "private", "text|[text]", false,
     "Folders that the processes of this node have for themselves, empty at first: /run/bird."},
    {"node", "env", "<value>", false, "Environment variables of its processes."},
    {"node", "dns", "address|[address]", false, "Name servers, for /etc/resolv.conf."},
    {"node", "limits", "{limits}", false, "What its processes may use."},

    {"interface", "kind",
     "=dummy,vlan,bond,bridge,vrf,vxlan,gre,ipip,wireguard,macvlan,ipvlan,tun,tap,ifb,geneve,sit,ip6gre",
     true, "The kind of device."},
    {"interface", "ip", "prefix|[prefix]", false, "Its addresses."},
    {"interface", "mac", "mac", false, "Its link-layer address."},
    {"interface", "mtu", "mtu", false, "Its MTU in bytes."},
    {"interface", "up", "boolean", false, "Whether it is up; yes by default."},
    {"interface", "master", "ifname", false, "The bridge, bond or VRF it belongs to."},
    {"interface", "ports", "[ifname]", false, "Devices that belong to this bridge, bond or VRF."},
    {"interface", "link", "ifname", false, "The device below it (vlan, macvlan, ipvlan, vxlan)."},
    {"interface", "id", "integer", false, "The VLAN's or the VXLAN's number."},
    {"interface", "table", "integer", false, "The routing table of a VRF."},
    {"interface", "mode", "text", false, "The mode of a bond, macvlan or ipvlan."},
    {"interface", "local", "address", false, "The local address of a tunnel."},
    {"interface", "remote", "address", false, "The remote address of a tunnel."},
    {"interface", "group", "address", false, "The multicast group of a VXLAN."},
    {"interface", "port", "port", false, "The UDP port of a VXLAN or of WireGuard."},
    {"interface", "key", "text", false, "The key of a GRE tunnel, the private key of WireGuard."},
    {"interface", "options", "text", false, "Further words, as they follow `ip link add NAME type KIND`."},

    {"switch", "stp", "boolean", false, "Spanning tree; off by default."},
    {"switch", "vlan-aware", "boolean", false, "VLAN filtering; off by default."},
    {"switch", "ageing", "duration", false, "How long an address is remembered."},
    {"switch", "forward-delay", "duration", false, "How long a port listens and learns under spanning tree."},
    {"switch", "priority", "integer", false, "The bridge's priority in the spanning tree."},

    {"nat", "masquerade", "ifname", false, "Packets that leave here get this device's address."},
    {"nat", "snat", "address", false, "Packets that leave by `out` get this address."},
    {"nat", "dnat", "text", false, "PROTOCOL PORT -> ADDRESS:PORT for packets that come in by `in`."},
    {"nat", "out", "ifname", false, "The device of snat."},
    {"nat", "in", "ifname", false, "The device of dnat; any by default."},
    {"nat", "from", "prefix", false, "Only packets from here."},
    {"nat", "family", "=v4,v6,both", false, "v4 by default."},

    {"service", "run", "text", false, "A script for sh -eu."},
    {"service", "argv", "[value]", false, "A program and its arguments."},
    {"service", "ready", "{ready}", false, "When it counts as started; at once by default."},
    {"service", "after", "text|[text]", false, "Services that are ready first: SERVICE or NODE/SERVICE."},
    {"service", "env", "<value>", false, "Environment variables."},
    {"service", "dir", "text", false, "The folder it runs in; that of the file by default."},
    {"service", "restart", "=no,on-failure,always", false, "no by default."},
    {"service", "stop", "duration", false, "How long it may take to end after SIGTERM; 2s by default."},
    {"service", "user", "text", false, "The user it runs as."},

    {"ready", "tcp", "port", false, "This TCP port listens."},
    {"ready", "udp", "port", false, "This UDP port is bound."},
    {"ready", "unix", "text", false, "This socket listens."},
    {"ready", "http", "text", false, "This path or URL is served."},
    {"ready", "file", "text", false, "This file exists."},
    {"ready", "log", "text", false, "Its output has this text."},
    {"ready", "exec", "[value]|text", false, "This command succeeds."},
    {"ready", "within", "duration", false, "How long that may take; 10s by default."},

    {"file", "text", "text", false, "The content."},
    {"file", "source", "text", false, "A file to take the content from."},
    {"file", "mode", "text", false, "Its permissions, octal; 644 by default."},

    {"limits", "memory", "size", false, "Memory of all."},
    {"limits", "cpu", "integer", false, "Share of one processor, in hundredths."},
    {"limits", "pids", "integer", false, "Processes at a time."},
    {"limits", "files", "integer", false, "Open files of a process."},

    {"link", "link", "[endpoint|{end}]", false, "A cable between two ends."},
    {"link", "chain", "[endpoint|{end}]", false, "Cables from each to the next."},
    {"link", "ring", "[endpoint|{end}]", false, "A chain, closed."},
    {"link", "mesh", "[endpoint|{end}]", false, "A cable between every two."},
    {"link", "lan", "[endpoint|{end}]", false, "One segment; more than two ends get a bridge of their own."},
    {"link", "name", "name", false, "Its name; without it those of its ends, joined by -."},
    {"link", "subnet", "=auto,none|prefix|[prefix]", false, "The segment's prefixes; auto by default."},
    {"link", "private", "=v4,v6,both,no", false, "Not announced beyond the router with nat."},
    {"link", "mtu", "mtu", false, "The MTU of its ends, in bytes."},
    {"link", "impair", "{impair}", false, "What it does to packets."},
    {"link", "cost", "cost", false, "Of automatic routing; 1 by default."},
    {"link", "up", "boolean", false, "Whether it is up; yes by default."},
    {"link", "for", "<value|[value]>", false, "One link for each value, as for nodes."},
    {"link", "if", "value", false, "The link is there only where this is not 0, false, no or off."},
    {"link", "tags", "name|[name]", false, "Tags."},

    {"end", "node", "selector", true, "The node."},
    {"end", "if", "ifname", false, "The name of the interface; eth0, eth1, … by default."},
    {"end", "ip", "=none|prefix|[prefix]", false, "Its addresses; automatic by default."},
    {"end", "mac", "mac", false, "Its link-layer address."},
    {"end", "mtu", "mtu", false, "Its MTU in bytes."},
    {"end", "up", "boolean", false, "Whether it is up; yes by default."},
    {"end", "vlan", "vlan", false, "At a VLAN-aware switch: the untagged VLAN of the port."},
    {"end", "trunk", "[vlan]", false, "At a VLAN-aware switch: the tagged VLANs of the port."},
    {"end", "offload", "boolean", false, "Checksum and segmentation offload; yes by default."},

    {"impair", "delay", "duration", false, "Every packet waits."},
    {"impair", "jitter", "duration", false, "The delay varies by this much."},
    {"impair", "distribution", "=uniform,normal,pareto,paretonormal", false, "How the delay varies."},
    {"impair", "loss", "percent|{gilbert}", false, "Packets that vanish."},
    {"impair", "duplicate", "percent", false, "Packets that come twice."},
    {"impair", "corrupt", "percent", false, "Packets with a wrong bit."},
    {"impair", "reorder", "percent", false, "Packets that overtake those that wait: needs a delay."},
    {"impair", "rate", "rate", false, "Bits per second."},
    {"impair", "queue", "queue", false,
     "What waits at most: 100packets. Of bytes (64kB) the kernel keeps no count: a warning says so."},
    {"impair", "trace", "text", false,
     "A file with the times at which packets may pass. Not carried out: a warning says so."},
    {"impair", "seed", "integer", false,
     "Of the chance; the same seed, the same losses. Not carried out: a warning says so."},
    {"impair", "from", "<{impair}>", false, "By node: packets sent by that node differ in this."},

    {"gilbert", "enter", "percent", true, "From good to bad, a packet."},
    {"gilbert", "leave", "percent", true, "From bad to good, a packet."},
    {"gilbert", "bad", "percent", false, "Loss while bad; 100% by default."},
    {"gilbert", "good", "percent", false, "Loss while good; 0% by default."},

    {"internet", "via", "selector", true, "The node that is the way out."},
    {"internet", "mode", "=auto,pasta,slirp4netns,nat", false,
     "By what; auto, the default, takes the program pasta, else slirp4netns. `nat` is by this machine "
     "itself, for a lab of root."},
    {"internet", "publish", "[text]", false,
     "[ADDRESS:]PORT -> NODE:PORT, of TCP, at 127.0.0.1 unless written otherwise; by pasta, for IPv4."},

    {"step", "at", "duration", true, "When, from the start of the scenario."},
    {"step", "for", "duration", false, "Undone after this long."},
    {"step", "down", "text|[text]", false, "Links or NODE:INTERFACE that go down."},
    {"step", "up", "text|[text]", false, "Links or NODE:INTERFACE that come up."},
    {"step", "impair", "text|[text]", false, "Links that are impaired, by `to`."},
    {"step", "to", "{impair}", false, "The impairment; empty: none."},
    {"step", "run", "text", false, "A script for sh -eu, in the node `on`."},
    {"step", "on", "selector", false, "The node of `run`."},
    {"step", "kill", "text", false, "A service: NODE/SERVICE."},

    {"fault", "down", "text|[text]", false, "Links or NODE:INTERFACE that go down."},
    {"fault", "up", "text|[text]", false, "Links or NODE:INTERFACE that come up."},
    {"fault", "impair", "text|[text]", false, "Links that are impaired, by `to`."},
    {"fault", "to", "{impair}", false, "The impairment; empty: none."},
    {"fault", "run", "text", false, "A script for sh -eu, in the node `on`."},
    {"fault", "on", "selector", false, "The node of `run`."},
    {"fault", "kill", "text", false, "A service: NODE/SERVICE."},

    {"test", "name", "text", false, "Its name; without it what it does."},
    {"test", "given", "[{fault}]", false, "Faults, undone afterwards."},
    {"test", "within", "duration", false, "It is tried again until it holds, this long."},
    {"test", "hold", "duration", false, "It must hold all this long."},
    {"test", "ping", "{ping}", false, "Echo requests are answered."},
    {"test", "reach", "selector|{reach}", false, "Every one of these nodes reaches every other."},
    {"test", "path", "{path}", false, "Packets take this way."},
    {"test", "tcp", "{tcp}", false, "A TCP connection is accepted."},
    {"test", "udp", "{udp}", false, "A datagram is answered."},
    {"test", "http", "{http}", false, "A page is served."},
    {"test", "drop", "{drop}", false, "A packet dies, and where and why."},
    {"test", "throughput", "{throughput}", false, "How much goes through."},
    {"test", "exec", "{exec}", false, "A command succeeds in a node."},

    {"ping", "from", "selector", true, "Who sends."},
    {"ping", "to", "target", true, "A node, a selector or an address."},
    {"ping", "family", "=v4,v6,both", false, "Which family; that of the addresses by default."},
    {"ping", "count", "integer", false, "How many requests; 1 by default."},
    {"ping", "size", "integer", false, "Bytes of payload; 56 by default."},
    {"ping", "loss", "percent-range", false, "How many may be lost; none by default."},
    {"ping", "rtt", "duration-range", false, "How long an answer takes."},
    {"ping", "expect", "=reply,no-reply", false, "reply by default."},

    {"reach", "nodes", "selector|[selector]", true, "The nodes."},
    {"reach", "family", "=v4,v6,both", false, "Which family; those of the lab by default."},

    {"path", "from", "selector", true, "Who sends."},
    {"path", "to", "target", true, "A node or an address."},
    {"path", "family", "=v4,v6", false, "Which family."},
    {"path", "via", "[selector]", true, "The routers on the way, in order."},

    {"tcp", "from", "selector", true, "Who connects."},
    {"tcp", "to", "target", true, "A node or an address."},
    {"tcp", "port", "port", true, "The port."},
    {"tcp", "family", "=v4,v6,both", false, "Which family."},
    {"tcp", "send", "text", false, "Text to send."},
    {"tcp", "receive", "text", false, "Text that must come back."},
    {"tcp", "expect", "=open,refused,timeout", false, "open by default."},

    {"udp", "from", "selector", true, "Who sends."},
    {"udp", "to", "target", true, "A node or an address."},
    {"udp", "port", "port", true, "The port."},
    {"udp", "family", "=v4,v6,both", false, "Which family."},
    {"udp", "send", "text", false, "Text to send."},
    {"udp", "receive", "text", false, "Text that must come back."},
    {"udp", "expect", "=answer,refused,timeout", false, "answer by default."},

    {"http", "from", "selector", true, "Who asks."},
    {"http", "url", "text", true, "http://HOST[:PORT]/PATH; HOST may be a node."},
    {"http", "family", "=v4,v6,both", false, "Which family."},
    {"http", "status", "integer", false, "The status; 200 by default."},
    {"http", "body", "text", false, "Text that the page has."},

    {"drop", "from", "selector", true, "Who sends."},
    {"drop", "to", "target", true, "A node or an address."},
    {"drop", "proto", "=tcp,udp,icmp", false, "icmp by default."},
    {"drop", "port", "port", false, "Of tcp and udp."},
    {"drop", "family", "=v4,v6", false, "Which family."},
    {"drop", "at", "selector", true, "The node where it dies."},
    {"drop", "reason", "text", false, "The kernel's reason, as NETFILTER_DROP."},

    {"throughput", "from", "selector", true, "Who sends."},
    {"throughput", "to", "target", true, "A node or an address."},
    {"throughput", "family", "=v4,v6", false, "Which family."},
    {"throughput", "for", "duration", false, "How long; 3s by default."},
    {"throughput", "rate", "rate-range", true, "How much arrives, IP headers counted."},

    {"exec", "on", "selector", true, "The nodes."},
    {"exec", "run", "text", false, "A script for sh -eu."},
    {"exec", "argv", "[value]", false, "A program and its arguments."},
    {"exec", "status", "integer", false, "Its exit status; 0 by default."},
    {"exec", "output", "text", false, "Text that it prints."},
});

}  // namespace

std::span<Field const> fields() { return field_table; }

std::span<Field const> fields_of(std::string_view object) {
    auto const is_of = [&](Field const& field) { return field.object == object; };
    auto const* const begin = std::find_if(field_table.begin(), field_table.end(), is_of);
    return {begin, std::find_if_not(begin, field_table.end(), is_of)};
}

std::span<ObjectRow const> objects() { return object_table; }

ObjectRow const& object_row(std::string_view name) {
    auto const* const row = std::find_if(object_table.begin(), object_table.end(),
                                         [&](ObjectRow const& candidate) { return candidate.name == name; });
    assert(row != object_table.end());
    return *row;
}

std::vector<std::string_view> alternatives(std::string_view type) {
    std::vector<std::string_view> found;
    std::size_t begin = 0;
    int depth = 0;
    for (std::size_t i = 0; i <= type.size(); ++i) {
        char const c = i < type.size() ? type[i] : '|';
        if (c == '[' || c == '<' || c == '{') ++depth;
        if (c == ']' || c == '>' || c == '}') --depth;
        if (c != '|' || depth != 0) continue;
        found.push_back(type.substr(begin, i - begin));
        begin = i + 1;
    }
    return found;
}

}  // namespace vethwork::topology
