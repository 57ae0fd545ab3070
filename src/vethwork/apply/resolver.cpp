#include <vethwork/apply/resolver.hpp>

#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include <cerrno>

#include <vethwork/base/text.hpp>
#include <vethwork/netns/name.hpp>

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
