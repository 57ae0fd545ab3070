#include <vethwork/apply/resolver.hpp>

#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include <cerrno>

#include <vethwork/base/text.hpp>
#include <vethwork/netlink/link.hpp>
#include <vethwork/netlink/namespace_id.hpp>
#include <vethwork/netns/name.hpp>
#include <vethwork/plan/words.hpp>

namespace vethwork::apply {

namespace {

constexpr std::size_t longest_name = 15;

/// Asks the kernel for one link; statistics are left out, they cost time.
Result<std::uint32_t> ask(netlink::Connection& connection, std::string const& name) {
    netlink::MessageWriter message(RTM_GETLINK, 0, "find link \"" + name + "\"");
    message.fixed(ifinfomsg{});
    if (name.size() <= longest_name)
        message.text(IFLA_IFNAME, "IFLA_IFNAME", name);
    else
        message.text(IFLA_ALT_IFNAME, "IFLA_ALT_IFNAME", name);
    message.value(IFLA_EXT_MASK, "IFLA_EXT_MASK", std::uint32_t{RTEXT_FILTER_SKIP_STATS});
    auto const answer = TRY(connection.get(std::move(message)));
    ByteReader reader(answer);
    reader.skip(sizeof(nlmsghdr));
    return static_cast<std::uint32_t>(reader.native<ifinfomsg>().ifi_index);
}

Result<std::optional<int>> ask_namespace_id(netlink::Connection& connection, int fd) {
    netlink::MessageWriter message(RTM_GETNSID, 0, "find the id of a network namespace");
    netlink::write_namespace_id({.fd = fd}, message);
    auto const answer = TRY(connection.get(std::move(message)));
    netlink::MessageReader reader(answer);
    auto const part = reader.next();
    if (!part) return malformed_error("decode a namespace id: the kernel's answer is cut short");
    return TRY(netlink::read_namespace_id(*part)).nsid;
}

Error not_found(std::string const& name, topology::LinkRole role, Error error) {
    using topology::LinkRole;
    switch (role) {
        case LinkRole::master:
        case LinkRole::backup_port:
            return plan::wrong_argument("Device does not exist\n", name);
        case LinkRole::vrf:
            return plan::wrong_argument("Not a valid VRF name\n", name);
        case LinkRole::underlay:
            return usage_error(error.attempt);
        case LinkRole::lower:
        case LinkRole::port:
            break;
    }
    return error;
}

/// "if7": how iproute2 writes a link whose name it cannot know.
std::optional<std::uint32_t> index_in(std::string_view name) {
    if (!name.starts_with("if")) return {};
    return parse_number<std::uint32_t>(name.substr(2), 10);
}

}  // namespace

Result<std::uint32_t> Resolver::index_of(std::string const& name) {
    if (auto const known = indices_.find(name); known != indices_.end()) return known->second;
    auto index = ask(*connection_, name);
    if (!index) {
        if (auto const number = index_in(name)) return *number;
        if (index.error().code != ENODEV && index.error().code != EINVAL && index.error().code != ERANGE)
            return index;
        return lookup_error("Cannot find device \"" + name + "\"");
    }
    indices_.emplace(name, *index);
    return index;
}

Result<> Resolver::resolve(topology::LinkRef& link) {
    if (link.name.empty()) return {};
    link.index = TRY(index_of(link.name));
    return {};
}

Result<> Resolver::resolve(topology::LinkRef& link, topology::LinkRole role) {
    using topology::LinkRole;
    auto resolved = resolve(link);
    if (!resolved && resolved.error().fault == Fault::lookup)
        return not_found(link.name, role, resolved.error());
    TRY(std::move(resolved));
    if (role != LinkRole::vrf) return {};
    auto const facts = this->link(link.index);
    if (!facts || facts->kind_name != "vrf") return not_found(link.name, role, {});
    return {};
}

Result<topology::Link> Resolver::link(std::uint32_t index) {
    netlink::MessageWriter message(RTM_GETLINK, 0, "find link " + std::to_string(index));
    message.fixed(ifinfomsg{.ifi_index = static_cast<int>(index)});
    message.value(IFLA_EXT_MASK, "IFLA_EXT_MASK", std::uint32_t{RTEXT_FILTER_SKIP_STATS});
    auto const answer = TRY(connection_->get(std::move(message)));
    netlink::MessageReader reader(answer);
    auto const part = reader.next();
    if (!part) return malformed_error("decode a link: the kernel's answer is cut short");
    return netlink::read_link(*part);
}

Result<int> Resolver::namespace_id(topology::NamespaceRef netns) {
    TRY(resolve(netns));
    if (!netns.fd) return lookup_error("Cannot open network namespace \"" + netns.name + "\"");
    if (auto const id = TRY(ask_namespace_id(*connection_, *netns.fd))) return *id;
    netlink::MessageWriter message(RTM_NEWNSID, 0, "give a network namespace an id");
    netlink::write_namespace_id({.fd = netns.fd, .nsid = -1}, message);
    TRY(connection_->request(std::move(message)));
    auto const id = TRY(ask_namespace_id(*connection_, *netns.fd));
    if (!id) return malformed_error("give a network namespace an id: the kernel says it has none");
    return *id;
}

Result<> Resolver::resolve(topology::NamespaceRef& netns) {
    if (netns.fd) return {};
    if (open_namespace_) {
        netns.fd = TRY(open_namespace_(netns.name));
        return {};
    }
    auto fd = netns::open_named(netns.name);
    if (!fd && netns.pid) return {};
    if (!fd) return std::move(fd).error();
    netns.fd = fd->get();
    netns.pid.reset();
    namespaces_.push_back(std::move(*fd));
    return {};
}

void Resolver::forget() {
    indices_.clear();
    namespaces_.clear();
}

}  // namespace vethwork::apply
