#include <vethwork/netlink/trace.hpp>

#include <linux/rtnetlink.h>

#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>

#include <vethwork/netlink/link.hpp>

namespace vethwork::netlink {

namespace {

using Names = std::span<std::string_view const>;

// Attribute names in the order of their numbers, from 0.
constexpr std::string_view no_names[] = {"?"};
constexpr std::string_view address_names[] = {
    "IFA_UNSPEC",    "IFA_ADDRESS",   "IFA_LOCAL", "IFA_LABEL",       "IFA_BROADCAST",      "IFA_ANYCAST",
    "IFA_CACHEINFO", "IFA_MULTICAST", "IFA_FLAGS", "IFA_RT_PRIORITY", "IFA_TARGET_NETNSID", "IFA_PROTO"};
constexpr std::string_view route_names[] = {
    "RTA_UNSPEC",    "RTA_DST",     "RTA_SRC",           "RTA_IIF",        "RTA_OIF",       "RTA_GATEWAY",
    "RTA_PRIORITY",  "RTA_PREFSRC", "RTA_METRICS",       "RTA_MULTIPATH",  "RTA_PROTOINFO", "RTA_FLOW",
    "RTA_CACHEINFO", "RTA_SESSION", "RTA_MP_ALGO",       "RTA_TABLE",      "RTA_MARK",      "RTA_MFC_STATS",
    "RTA_VIA",       "RTA_NEWDST",  "RTA_PREF",          "RTA_ENCAP_TYPE", "RTA_ENCAP",     "RTA_EXPIRES",
    "RTA_PAD",       "RTA_UID",     "RTA_TTL_PROPAGATE", "RTA_IP_PROTO",   "RTA_SPORT",     "RTA_DPORT",
    "RTA_NH_ID"};
constexpr std::string_view neighbour_names[] = {
    "NDA_UNSPEC",         "NDA_DST",           "NDA_LLADDR",        "NDA_CACHEINFO",
    "NDA_PROBES",         "NDA_VLAN",          "NDA_PORT",          "NDA_VNI",
    "NDA_IFINDEX",        "NDA_MASTER",        "NDA_LINK_NETNSID",  "NDA_SRC_VNI",
    "NDA_PROTOCOL",       "NDA_NH_ID",         "NDA_FDB_EXT_ATTRS", "NDA_FLAGS_EXT",
    "NDA_NDM_STATE_MASK", "NDA_NDM_FLAGS_MASK"};
constexpr std::string_view rule_names[] = {"FRA_UNSPEC",
                                           "FRA_DST",
                                           "FRA_SRC",
                                           "FRA_IIFNAME",
                                           "FRA_GOTO",
                                           "FRA_UNUSED2",
                                           "FRA_PRIORITY",
                                           "FRA_UNUSED3",
                                           "FRA_UNUSED4",
                                           "FRA_UNUSED5",
                                           "FRA_FWMARK",
                                           "FRA_FLOW",
                                           "FRA_TUN_ID",
                                           "FRA_SUPPRESS_IFGROUP",
                                           "FRA_SUPPRESS_PREFIXLEN",
                                           "FRA_TABLE",
                                           "FRA_FWMASK",
                                           "FRA_OIFNAME",
                                           "FRA_PAD",
                                           "FRA_L3MDEV",
                                           "FRA_UID_RANGE",
                                           "FRA_PROTOCOL",
                                           "FRA_IP_PROTO",
                                           "FRA_SPORT_RANGE",
                                           "FRA_DPORT_RANGE"};
constexpr std::string_view nexthop_names[] = {
    "NHA_UNSPEC", "NHA_ID",      "NHA_GROUP",      "NHA_GROUP_TYPE", "NHA_BLACKHOLE",
    "NHA_OIF",    "NHA_GATEWAY", "NHA_ENCAP_TYPE", "NHA_ENCAP",      "NHA_GROUPS",
    "NHA_MASTER", "NHA_FDB",     "NHA_RES_GROUP",  "NHA_RES_BUCKET"};
constexpr std::string_view namespace_names[] = {"NETNSA_NONE", "NETNSA_NSID",        "NETNSA_PID",
                                                "NETNSA_FD",   "NETNSA_TARGET_NSID", "NETNSA_CURRENT_NSID"};

/// A kind of object: rtnetlink has four message types for each (new, delete, get, set).
struct Object {
    std::uint16_t first_type;
    std::string_view name;
    std::size_t header;  ///< size of the fixed part
    Names attributes;
};

constexpr Object objects[] = {
    {RTM_NEWLINK, "LINK", 16, no_names},           {RTM_NEWADDR, "ADDR", 8, address_names},
    {RTM_NEWROUTE, "ROUTE", 12, route_names},      {RTM_NEWNEIGH, "NEIGH", 12, neighbour_names},
    {RTM_NEWRULE, "RULE", 12, rule_names},         {RTM_NEWNEXTHOP, "NEXTHOP", 8, nexthop_names},
    {RTM_NEWNSID, "NSID", 4, namespace_names},     {RTM_NEWNETCONF, "NETCONF", 4, no_names},
    {RTM_NEWADDRLABEL, "ADDRLABEL", 12, no_names}, {RTM_NEWNEIGHTBL, "NEIGHTBL", 4, no_names},
};

Object const* find_object(std::uint16_t type) {
    auto const* const found = std::ranges::find(objects, type & ~3, &Object::first_type);
    return found == std::end(objects) ? nullptr : found;
}

std::string type_name(std::uint16_t type) {
    if (type == NLMSG_ERROR) return "NLMSG_ERROR";
    if (type == NLMSG_DONE) return "NLMSG_DONE";
    constexpr std::array<std::string_view, 4> verbs{"NEW", "DEL", "GET", "SET"};
    auto const* const object = find_object(type);
    if (!object) return fmt::format("type {}", type);
    return fmt::format("RTM_{}{}", verbs[type & 3], object->name);
}

std::string flag_names(std::uint16_t flags, bool get) {
    struct Flag {
        std::uint16_t bit;
        std::string_view name;
    };
    static constexpr Flag common[] = {{NLM_F_REQUEST, "request"},
                                      {NLM_F_MULTI, "multi"},
                                      {NLM_F_ACK, "ack"},
                                      {NLM_F_ECHO, "echo"},
                                      {NLM_F_DUMP_INTR, "interrupted"}};
    static constexpr Flag asking[] = {{NLM_F_ROOT, "root"}, {NLM_F_MATCH, "match"}};
    static constexpr Flag making[] = {{NLM_F_REPLACE, "replace"},
                                      {NLM_F_EXCL, "exclusive"},
                                      {NLM_F_CREATE, "create"},
                                      {NLM_F_APPEND, "append"}};
    std::string names;
    auto const add = [&](std::span<Flag const> set) {
        for (auto const& flag : set)
            if (flags & flag.bit) names += fmt::format(" {}", flag.name);
    };
    add(common);
    add(get ? std::span<Flag const>(asking) : std::span<Flag const>(making));
    return names;
}

bool is_text(Bytes bytes) {
    return bytes.size() > 1 && bytes.back() == 0 &&
           std::ranges::all_of(bytes.first(bytes.size() - 1), [](auto c) { return c >= 0x20 && c < 0x7f; });
}

std::string value_text(Bytes bytes) {
    constexpr std::size_t most = 32;
    if (is_text(bytes)) return fmt::format("\"{}\"", as_text(bytes.first(bytes.size() - 1)));
    std::string text;
    for (auto const octet : bytes.first(std::min(bytes.size(), most)))
        text += fmt::format("{}{:02x}", text.empty() ? "" : " ", octet);
    return bytes.size() > most ? text + " …" : text;
}

std::string attribute_name(Object const& object, std::uint16_t type) {
    if (object.first_type == RTM_NEWLINK)
        if (auto const name = link_attribute_name(type); !name.empty()) return std::string(name);
    if (type > 0 && type < object.attributes.size()) return std::string(object.attributes[type]);
    return fmt::format("attribute {}", type);
}

void add_attributes(std::string& text, Object const& object, Bytes stream) {
    AttributeReader attributes(stream);
    while (auto const one = attributes.next())
        text += fmt::format("    {} ({}): {}\n", attribute_name(object, one->type), one->payload.size(),
                            value_text(one->payload));
    if (attributes.failed()) text += "    a length that lies\n";
}

}  // namespace

std::string describe_message(Direction direction, Message const& message) {
    auto const& header = message.header;
    auto const* const object = find_object(header.nlmsg_type);
    bool const get = object && (header.nlmsg_type & 3) == 2;
    auto text = fmt::format("netlink {} {}, {} bytes, number {},{}\n",
                            direction == Direction::sent ? ">" : "<", type_name(header.nlmsg_type),
                            header.nlmsg_len, header.nlmsg_seq, flag_names(header.nlmsg_flags, get));
    ByteReader reader(message.payload);
    if (header.nlmsg_type == NLMSG_ERROR || header.nlmsg_type == NLMSG_DONE) {
        text += fmt::format("    code {}\n", reader.native<std::int32_t>());
    } else if (object) {
        text += fmt::format("    header: {}\n",
                            value_text(reader.take(std::min(object->header, message.payload.size()))));
        add_attributes(text, *object, reader.rest());
    }
    return text;
}

}  // namespace vethwork::netlink
