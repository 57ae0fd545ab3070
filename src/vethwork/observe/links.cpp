#include <vethwork/observe/links.hpp>

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <vethwork/netlink/link.hpp>

namespace vethwork::observe {

namespace {

constexpr std::size_t longest_name = 15;

netlink::MessageWriter link_request(std::string what, std::uint32_t index, bool statistics) {
    netlink::MessageWriter message(RTM_GETLINK, 0, std::move(what));
    message.fixed(ifinfomsg{.ifi_index = static_cast<int>(index)});
    message.value(IFLA_EXT_MASK, "IFLA_EXT_MASK",
                  std::uint32_t{RTEXT_FILTER_VF | (statistics ? 0u : RTEXT_FILTER_SKIP_STATS)});
    return message;
}

netlink::MessageWriter dump_request(LinkQuery const& query) {
    auto message = link_request("list links", 0, query.statistics);
    if (query.master) message.value(IFLA_MASTER, "IFLA_MASTER", query.master->index);
    if (!query.kind.empty()) {
        auto const nest = message.begin_nest(IFLA_LINKINFO | NLA_F_NESTED, "IFLA_LINKINFO");
        message.text(IFLA_INFO_KIND, "IFLA_INFO_KIND", query.kind);
        message.end_nest(nest);
    }
    return message;
}

/// IPv6 answers itself and takes no attributes; for IPv4 the kernel answers as for no family.
netlink::MessageWriter family_request(Family family, bool statistics) {
    netlink::MessageWriter message(RTM_GETLINK, 0, "list links");
    message.fixed(ifinfomsg{.ifi_family = static_cast<std::uint8_t>(family)});
    if (family == Family::ipv4 && !statistics)
        message.value(IFLA_EXT_MASK, "IFLA_EXT_MASK", std::uint32_t{RTEXT_FILTER_SKIP_STATS});
    return message;
}

/// The length of a transmit queue by the old interface, where a dump does not tell it; netdevice(7).
void ask_queue_lengths(std::vector<topology::Link>& links) {
    Fd const socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    for (auto& link : links) {
        ifreq request{};
        if (link.transmit_queue_length || link.name.size() >= sizeof request.ifr_name) continue;
        link.name.copy(request.ifr_name, link.name.size());
        if (::ioctl(socket.get(), SIOCGIFTXQLEN, &request) == 0)
            link.transmit_queue_length = static_cast<std::uint32_t>(request.ifr_qlen);
    }
}

}  // namespace

Result<bool> for_each_link(netlink::Connection& connection, LinkQuery const& query,
                           std::function<void(topology::Link&&)> const& take) {
    auto message = query.family ? family_request(*query.family, query.statistics) : dump_request(query);
    auto const outcome =
        TRY(connection.dump(std::move(message), [&take](netlink::Message const& part) -> Result<> {
            if (part.header.nlmsg_type != RTM_NEWLINK) return {};
            topology::Link link;
            if (auto error = netlink::read_link(part, link)) return *std::move(error);
            take(std::move(link));
            return {};
        }));
    return outcome.interrupted;
}

Result<LinkSet> links(netlink::Connection& connection, LinkQuery const& query) {
    constexpr std::size_t usual = 1024;  // room is only taken where it is written to
    LinkSet set;
    set.links.reserve(usual);
    set.interrupted = TRY(for_each_link(
        connection, query, [&set](topology::Link&& link) { set.links.push_back(std::move(link)); }));
    if (query.family == Family::ipv6) ask_queue_lengths(set.links);
    return set;
}

Result<topology::Link> link(netlink::Connection& connection, topology::LinkRef const& which) {
    auto message =
        link_request("show link \"" + which.name + "\"", which.name.empty() ? which.index : 0, true);
    if (!which.name.empty() && which.name.size() <= longest_name)
        message.text(IFLA_IFNAME, "IFLA_IFNAME", which.name);
    else if (!which.name.empty())
        message.text(IFLA_ALT_IFNAME, "IFLA_ALT_IFNAME", which.name);
    auto answer = connection.get(std::move(message));
    if (!answer) return lookup_error("Device \"" + which.name + "\" does not exist.");
    netlink::MessageReader reader(*answer);
    auto const part = reader.next();
    if (!part) return malformed_error("decode a link: the kernel's answer is cut short");
    return netlink::read_link(*part);
}

LinkNames::Facts const& LinkNames::facts(std::uint32_t index) {
    constexpr std::uint32_t densest = 1u << 20;  // beyond that indices are sparse, and not worth a table
    static thread_local Facts elsewhere;
    constexpr int few = 4;
    if (!knows(index) && ++questions_ == few) (void)learn_all();
    if (knows(index)) return *known_[index];
    auto found = link(*connection_, {.index = index});
    Facts facts = found ? Facts{found->name, found->flags, found->hardware_type}
                        : Facts{"if" + std::to_string(index), 0};
    if (index >= densest) return elsewhere = std::move(facts);
    if (index >= known_.size()) known_.resize(index + 1);
    known_[index] = std::move(facts);
    return *known_[index];
}

std::string const& LinkNames::name(std::uint32_t index) { return facts(index).name; }
std::uint32_t LinkNames::flags(std::uint32_t index) { return facts(index).flags; }
std::uint16_t LinkNames::hardware_type(std::uint32_t index) { return facts(index).hardware_type; }

void LinkNames::learn(topology::Link const& link) {
    if (link.index >= known_.size()) known_.resize(link.index + 1);
    known_[link.index] = Facts{link.name, link.flags, link.hardware_type};
}

Result<> LinkNames::learn_all() {
    for (auto const& one : TRY(links(*connection_, {.statistics = false})).links) learn(one);
    return {};
}

}  // namespace vethwork::observe
