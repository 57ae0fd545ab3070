#include <vethwork/topology/explanations.hpp>

#include <algorithm>

namespace vethwork::topology {

namespace {

constexpr Explanation table[] = {
    // YAML.
    {"E101", "the file is no YAML",
     "The text breaks the grammar of YAML 1.2 at this place, or just before it. Frequent\n"
     "causes: a bracket that is not closed, a missing blank behind a colon, lines of one\n"
     "map that are not indented alike, and texts that begin with one of { [ * & ! % @\n"
     "without quotes. An expression is $(x); ${x} begins a map.\n"},
    {"E102", "a key is there twice",
     "A map has each key once. Give the second entry another name, or join the two.\n"},
    {"E103", "a tab indents a line",
     "YAML is indented with spaces only; a tab has no width that all readers agree on.\n"},
    {"E104", "there is a second document",
     "A lab is one YAML document. Remove the --- between the two, or put the second into\n"
     "a file of its own and name it under `include`.\n"},
    {"E105", "an anchor or alias cannot be used",
     "*NAME repeats what &NAME marked further above in the same file. Either there is no\n"
     "such mark above, or the repetitions together make more values than a file may have.\n"
     "A text that begins with * or & needs quotes. `templates` and `use` are the better\n"
     "way to write a thing once.\n"},
    {"E106", "the file is nested too deep",
     "Maps and lists stand inside each other deeper than is read. No lab needs that: look\n"
     "for a bracket that is not closed.\n"},
    {"E107", "the file is too large",
     "There is a limit of bytes and of values for one file. Repeat with `for`, `count` and\n"
     "`templates` instead of writing every node.\n"},
    {"E108", "the file holds no map",
     "A topology file is a map of keys. The smallest one:\n\n"
     "    vethwork: 1\n    nodes: { a: {}, b: {} }\n    links: [{ link: [a, b] }]\n"},
    {"E109", "there is a byte that is no text",
     "The file must be UTF-8, without control characters. Perhaps it was saved in another\n"
     "encoding (`iconv -f latin1 -t utf-8` converts), or it is no text at all.\n"},
    {"E110", "YAML tags and merge keys mean nothing here",
     "Types come from the keys, so !tags say nothing; << is not part of YAML 1.2. Write\n"
     "what is shared under `templates` and name it with `use`. A text that begins with !\n"
     "needs quotes.\n"},
    {"E111", "a key is no text", "Keys are plain texts. One that begins with [ { * or & needs quotes.\n"},
    {"E112", "a text has no normal form",
     "It is YAML, and written in a way that `vethwork fmt` cannot change without a change of\n"
     "its meaning or the loss of a comment. Nothing was changed.\n"},
    // Fields and expansion.
    {"E201", "a key is unknown",
     "The key does not exist at this place. The hint names the nearest one or all that are\n"
     "known. `vethwork schema` prints every key, for editors too.\n"},
    {"E202", "a key is missing",
     "Something here makes no sense without another key beside it: `vethwork: 1` in a file,\n"
     "`to` beside `impair` in a scenario, a port where a protocol has ports.\n"},
    {"E203", "a value has the wrong shape",
     "A map, a list or a single text is expected, and another of them is there. A list of\n"
     "one is [x]; a map is { key: value }; a text that begins with { or [ needs quotes.\n"},
    {"E204", "a word is none of those that are possible",
     "This key takes one of a few words, which the complaint lists.\n"},
    {"E205", "a quantity has no unit",
     "A bare number could be milliseconds or seconds, so a unit is always written: 20ms,\n"
     "1%, 10mbit, 64kB.\n"},
    {"E206", "this is no duration",
     "A duration is a decimal number and ns, us, ms, s, min or h, without a blank: 20ms,\n"
     "1.5s. Where a range is asked for: <= 20ms, >= 1s, 20ms..30ms.\n"},
    {"E207", "this is no percentage",
     "A percentage is a decimal number from 0 to 100 and a percent sign, without a blank: 1%,\n"
     "0.5%. Where a range is asked for: <= 1%, 1%..2%. A letter O is no zero.\n"},
    {"E208", "this is no rate",
     "A rate is a decimal number and bit, kbit, mbit or gbit (powers of 1000, bits a second):\n"
     "10mbit. Where a range is asked for: >= 10mbit, 9mbit..10mbit.\n"},
    {"E209", "this is no number, or none that fits",
     "A whole number in decimal digits is expected, within the bounds that the complaint\n"
     "tells. An MTU has no unit. A file's mode is octal, as 644.\n"},
    {"E210", "this is neither yes nor no", "Write yes or no (true and false, on and off mean the same).\n"},
    {"E211", "this is no IP address",
     "An address without a length is expected: 10.0.0.1 or fd00::1. IPv4 has four numbers\n"
     "from 0 to 255, without leading zeros.\n"},
    {"E212", "this is no prefix",
     "An address and the length of its network are expected: 10.0.0.1/24 or fd00::1/64. The\n"
     "length is at most 32 of IPv4 and 128 of IPv6.\n"},
    {"E213", "this is no link-layer address",
     "Six octets in hexadecimal with colons: 02:00:00:00:00:01. An address for one device has\n"
     "an even first octet; 02 says that it is made up locally.\n"},
    {"E214", "this is no name",
     "Names of labs, nodes, links and services are letters, digits, - _ and . and at most 63\n"
     "of them. They become names of namespaces and hosts.\n"},
    {"E215", "an expression cannot be read",
     "Inside $( ) stand whole numbers, variables, texts in '…', + - * / %, comparisons,\n"
     "&& || ! and parentheses. $$( writes the two characters $( as they are.\n"},
    {"E216", "a variable is unknown",
     "A variable is one of `vars`, or one that the `for` of this entry counts. It is known\n"
     "only inside that entry.\n"},
    {"E217", "an expression divides by zero",
     "The right side of / or % is zero in at least one round. An `if` beside the `for` can\n"
     "leave that round out.\n"},
    {"E218", "a number is too large",
     "Expressions count with 64 bits and a sign; what does not fit is an error, not a\n"
     "surprise.\n"},
    {"E219", "a text is used as a number",
     "Text can stand alone, or be compared with == and !=. It cannot be added or multiplied.\n"},
    {"E220", "two nodes have one name",
     "A `for` or `count` gave a name that exists already. Let the name tell the rounds apart:\n"
     "leaf-$(i).\n"},
    {"E221", "the lab is too large",
     "There is a limit of nodes, links and rounds, so that a typing error does not fill the\n"
     "machine's memory. Look at the numbers of `for` and `count`, and at `mesh`, which makes\n"
     "a cable for every pair.\n"},
    {"E222", "`for` cannot run through this",
     "`for: { i: 4 }` counts from 0 to 3, `{ i: 1..4 }` from 1 to 4, `{ i: [a, b] }` takes\n"
     "each. A range that ends before it begins is empty; a negative number is an error.\n"},
    {"E223", "a file that is named is not there",
     "Files under `include` and `nft-file` are looked for beside the file that names them.\n"
     "They cannot include each other in a circle. Neither can a `source` under `files` be absent,\n"
     "or the path of a `netns`. What is under `files` and `private` is mounted over what the\n"
     "machine has at that place: an empty file will do. Below /run, and in `private` folders,\n"
     "places are made.\n"},
    {"E224", "one of several keys is needed",
     "The entry must say which kind it is by exactly one of the keys that the complaint\n"
     "lists: a link is one of link, chain, ring, mesh and lan.\n"},
    {"E225", "two keys exclude each other",
     "Both say the same thing in different ways, or belong to different kinds. Remove one.\n"},
    {"E226", "a template is unknown or uses itself",
     "`use` names entries of `templates`; a template may use others, but not in a circle.\n"},
    {"E227", "a sysctl is not the namespace's",
     "Only names that begin with net. can differ between nodes; all others are the whole\n"
     "machine's, and a lab changes nothing there.\n"},
    {"E228", "the version of the format is unknown",
     "The file begins with `vethwork: 1`. A higher number is for a newer program.\n"},
    {"E229", "this is no name for an interface",
     "Linux allows 15 bytes, without blanks, / and :. Leave the name out to have eth0, eth1,\n"
     "… in the order of the cables.\n"},
    {"E230", "this means no node",
     "A selector is a node's name, a pattern as pc*, tag:NAME, or all; a link's end is\n"
     "NODE or NODE:INTERFACE; what a test sends to may be an address too.\n"},
    {"E231", "there is no variable to override",
     "--var NAME=VALUE sets a variable that the file has under `vars`; others are typing\n"
     "errors.\n"},
    {"E232", "this is no port", "TCP and UDP ports are 1 to 65535.\n"},
    {"E233", "this is no size, or no length of a queue",
     "A size is a number and B, kB, MB, KiB or MiB: 64kB. A queue is as many bytes, or\n"
     "packets: 100packets.\n"},
    {"E235", "a value is missing",
     "The key is there and nothing behind it. {} is an empty map and [] an empty list where\n"
     "that is meant.\n"},
    {"E236", "this is no absolute path",
     "A path inside a node begins with /. `netns` is own, host, or such a path.\n"},
    {"E237", "a forwarding of a port cannot be read",
     "`dnat` is written as: tcp 8080 -> 192.168.1.2:80 (or udp).\n"},
    {"E238", "`switch` is for switches", "Its settings are those of a bridge: add `role: switch`.\n"},
    {"E239", "a link has too few or too many ends",
     "`link` has two ends, `chain` and `mesh` at least two, `ring` at least three. One segment\n"
     "with many ends is a `lan`.\n"},
    {"E240", "several cables cannot share a subnet",
     "chain, ring and mesh are many cables, each a segment with a subnet of its own. Leave\n"
     "`subnet` out, or write them as single links.\n"},
    {"E241", "this is no URL", "Tests of http ask by http://HOST/PATH, with HOST a node or an address.\n"},
    {"E242", "this publishes nothing",
     "`publish` is written as: 8080 -> NODE:80, perhaps with an address before the first\n"
     "port.\n"},
    // References.
    {"E301", "there is no such node",
     "The name is not under `nodes`, also after `for` and `count` made theirs.\n"},
    {"E303", "a selector means nobody", "A pattern or tag that no node has is most likely a typing error.\n"},
    {"E305", "a node has two interfaces of one name",
     "Two cables, or a cable and an entry under `interfaces`, have the same name at one node.\n"
     "`lo` is there anyway.\n"},
    {"E306", "there is no such link, or no such end of one",
     "Faults strike a link by its name, or one end as NODE:INTERFACE. A link without `name`\n"
     "is named after its ends; `vethwork graph` shows the names.\n"},
    {"E307", "a gateway is no neighbour",
     "A gateway must be on one of the node's own segments, or packets for it would need a\n"
     "route themselves.\n"},
    {"E308", "there is no such interface at the node",
     "`nat` and `interfaces` refer to names that the node has. Names that were not written\n"
     "are eth0, eth1, …; `vethwork show` prints them.\n"},
    {"E309", "there is no such service, or it waits for itself",
     "`after` and `kill` name a service as NODE/SERVICE (or SERVICE of the same node). What\n"
     "waits for what must not close a circle.\n"},
    {"E313", "several nodes where one is meant",
     "A cable has one node at each end, and some keys take one node. A `lan` joins many; a\n"
     "`for` makes a link for each.\n"},
    {"E314", "a node is no end of this link",
     "`from` says what one end does to the packets it sends, so it names ends of the link.\n"},
    {"E315", "two links have one name", "Faults and reports know links by name. Rename one of them.\n"},
    {"E316", "an address and a family do not fit",
     "The test asks for one family and its target is an address of the other.\n"},
    {"E317", "a port of a switch cannot have an address",
     "A switch forwards frames and has no addresses. Give it to a node, or make the switch a\n"
     "router.\n"},
    {"E318", "an interface lacks what its kind needs, or a value does not fit",
     "A vlan needs `link` and `id` (1 to 4094), a vxlan an `id` below 16777216, a vrf a\n"
     "`table`, macvlan and ipvlan a `link`, tunnels a `remote` of the family they send over.\n"},
    {"E319", "a kind of interface does not have this key",
     "Only `ip`, `mac`, `mtu`, `up`, `master` and `options` are for every kind: a vlan has no\n"
     "`table`, and a dummy nothing of its own.\n"},
    {"E320", "WireGuard's key and port cannot be set",
     "The device is made, and that is all that can be done for it so far. Leave `key` and\n"
     "`port` out, and run wg(8) in a service of the node.\n"},
    {"E321", "VLANs at an end that does not filter them",
     "`vlan` and `trunk` stand at ends at a switch with `switch: { vlan-aware: yes }`. A host\n"
     "takes part in a tagged VLAN by an interface of kind vlan.\n"},
    // Addresses.
    {"E401", "an address is there twice",
     "Two interfaces of the lab have it, and neither is on a private link. Packets would go\n"
     "to one of them by chance.\n"},
    {"E402", "subnets collide",
     "Two segments have overlapping subnets, one segment has two of a family, or one address\n"
     "is written for several nodes. Routing could not tell them apart. Links behind a NAT\n"
     "may reuse a subnet: `private: v4`.\n"},
    {"E404", "a pool is used up",
     "Each segment takes a subnet from `addressing`. Write a larger pool there (a shorter\n"
     "prefix), or subnets at the links.\n"},
    {"E405", "a subnet is used up",
     "The segment has more members than its subnet has addresses. Write a shorter prefix.\n"},
    {"E406", "this is an address, not a network",
     "A subnet or pool has no bits behind its length. 10.0.0.1/24 is an address in the\n"
     "network 10.0.0.0/24.\n"},
    {"E407", "a pool is smaller than one segment",
     "A segment takes a /24 of IPv4 and a /64 of IPv6 out of the pool, so the pool must be\n"
     "larger: a /16, a /48.\n"},
    {"E408", "this is a broadcast address",
     "The last address of an IPv4 subnet reaches everybody on it and cannot be a host's.\n"
     "Networks of length 31 and 32 have none.\n"},
    {"E409", "this cannot be an interface's address",
     "Multicast addresses and 0.0.0.0 or :: are nobody's own.\n"},
    {"E410", "a pool is of the other family", "`v4` takes an IPv4 prefix and `v6` an IPv6 one, or off.\n"},
    // Routes and limits.
    {"E501", "a route cannot be read",
     "Under `routes` stands what follows `ip route add`: 10.0.2.0/24 dev veth0, or\n"
     "default via 10.0.0.1.\n"},
    {"E502", "a bridge has too many ports",
     "A Linux bridge has at most 1023 ports: split the lan, with a router between.\n"},
    {"E504", "two nodes are one namespace",
     "`netns: host` is where vethwork was called, and there is one such place; and a path is\n"
     "one namespace.\n"},
    {"E505", "a rule cannot be read",
     "Under `rules` stands what follows `ip rule add`: from 10.0.0.2 lookup 100 priority 1000.\n"},
    {"E506", "options of an interface cannot be read",
     "Under `options` stands what follows `ip link add NAME type KIND`, without what the other\n"
     "keys say already: miimon 100, for a bond.\n"},
    {"E507", "a cable joins two namespaces that are not the lab's own",
     "A lab ends with its namespaces, and what is in those ends with them. A cable between\n"
     "the caller's namespace and that of a path would stay.\n"},
    {"E508", "nft does not take the rules of a node",
     "`vethwork check` loads the text of `nft` and `nft-file` into a network namespace that has\n"
     "links of the node's names and ends at once; nft(8) has the words. `iif` and `oif` need a\n"
     "link that is there; `iifname` and `oifname` take any name.\n"},
    // Lints.
    {"W301", "a cable has both ends at one node",
     "It works, and packets between the two addresses still do not use it: the kernel takes\n"
     "what is its own over lo.\n"},
    {"W302", "a node translates addresses and forwards nothing",
     "NAT happens to packets on their way through, and only routers forward. Add\n"
     "`role: router`.\n"},
    {"W303", "a node has no link", "Nothing can reach it. Perhaps a name in `links` is another one's.\n"},
    {"W304", "a host forwards by its sysctls",
     "Automatic routes lead only through nodes of role router; a host that forwards is not\n"
     "counted. Add `role: router`.\n"},
    {"W401", "the network's own address is used as a host's",
     "Linux allows the first address of a subnet for a host. Other systems may take it as a\n"
     "broadcast; in IPv6 it is the anycast address of the subnet's routers.\n"},
    {"W402", "an address is outside the subnets of its link",
     "Its neighbours on the link have no direct route to it.\n"},
    {"W501", "a private link has no NAT",
     "Its addresses are not announced beyond it and no router of it translates them, so its\n"
     "nodes can send out and cannot be answered. Add `nat: [{ masquerade: IF }]` to the\n"
     "router, or remove `private`.\n"},
    {"W502", "a segment has more members than the neighbour cache has places",
     "Above net.ipv4.neigh.default.gc_thresh3 (1024 unless changed) entries push each other\n"
     "out and packets get lost. Split the segment.\n"},
    {"W503", "the ends of a segment have different MTUs",
     "A packet that one end may send is too large for another, which drops it without a\n"
     "word: connections open and then hang. Give all ends one `mtu`.\n"},
    {"W504", "an impairment that is not carried out",
     "Impairments are carried out by the kernel's netem, which knows nothing of this part. The\n"
     "rest of the impairment is in force.\n"},
    {"W505", "a part of `internet` that is not carried out",
     "The way out leads from a namespace of the lab's own, the node that `via` names. Ports are\n"
     "published by pasta, for IPv4.\n"},
};

}  // namespace

std::span<Explanation const> explanations() { return table; }

Explanation const* find_explanation(std::string_view code) {
    auto const found =
        std::ranges::find_if(table, [&](Explanation const& entry) { return entry.code == code; });
    return found == std::end(table) ? nullptr : found;
}

}  // namespace vethwork::topology
