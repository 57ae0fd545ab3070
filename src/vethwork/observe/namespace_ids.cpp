#include <vethwork/observe/namespace_ids.hpp>

#include <linux/rtnetlink.h>

#include <fmt/format.h>

#include <vethwork/netlink/namespace_id.hpp>
#include <vethwork/netns/name.hpp>

namespace vethwork::observe {

namespace {

using topology::NamedNamespace;
using topology::NamespaceId;

/// As many namespaces are open at once.
constexpr std::size_t window = 128;

Result<NamespaceId> read_answer(Bytes answer) {
    netlink::MessageReader reader(answer);
    auto const message = reader.next();
    if (!message) return malformed_error("decode a namespace id: the kernel's answer is cut short");
    return netlink::read_namespace_id(*message);
}

/// Fills the ids of a few names; one that cannot be opened or asked about stays without.
void ask_ids(netlink::Connection& connection, std::span<NamedNamespace> names) {
    std::vector<Fd> open;
    std::vector<NamedNamespace*> asked;
    std::vector<netlink::MessageWriter> messages;
    for (auto& one : names) {
        auto fd = netns::open_named(one.name);
        if (!fd) continue;
        auto& message = messages.emplace_back(RTM_GETNSID, 0, "ask the id of namespace \"" + one.name + "\"");
        netlink::write_namespace_id({.fd = fd->get()}, message);
        open.push_back(std::move(*fd));
        asked.push_back(&one);
    }
    auto const answers = connection.get_all(messages);
    for (std::size_t i = 0; i < answers.size(); ++i) {
        if (!answers[i]) continue;
        if (auto const id = read_answer(*answers[i])) asked[i]->nsid = id->nsid;
    }
}

}  // namespace

Result<std::vector<NamedNamespace>> named_namespaces(netlink::Connection& connection) {
    std::vector<NamedNamespace> all;
    for (auto& name : TRY(netns::list())) all.push_back({std::move(name), {}});
    for (std::size_t begin = 0; begin < all.size(); begin += window)
        ask_ids(connection, std::span(all).subspan(begin, std::min(window, all.size() - begin)));
    return all;
}

Result<std::vector<NamespaceId>> namespace_ids(netlink::Connection& connection, std::optional<int> target) {
    netlink::MessageWriter message(RTM_GETNSID, 0, "list ids of namespaces");
    netlink::write_namespace_id({.target_nsid = target}, message);
    std::vector<NamespaceId> ids;
    (void)TRY(connection.dump(std::move(message), [&ids](netlink::Message const& part) -> Result<> {
        if (part.header.nlmsg_type == RTM_NEWNSID) ids.push_back(TRY(netlink::read_namespace_id(part)));
        return {};
    }));
    return ids;
}

Result<NamespaceId> namespace_id(netlink::Connection& connection, int nsid, std::optional<int> target) {
    netlink::MessageWriter message(RTM_GETNSID, 0, fmt::format("ask about namespace id {}", nsid));
    netlink::write_namespace_id({.nsid = nsid, .target_nsid = target}, message);
    return read_answer(TRY(connection.get(std::move(message))));
}

Result<std::vector<std::optional<int>>> ids_of(netlink::Connection& connection,
                                               std::span<int const> namespaces) {
    std::vector<netlink::MessageWriter> questions;
    for (int const fd : namespaces)
        netlink::write_namespace_id(
            {.fd = fd}, questions.emplace_back(RTM_GETNSID, std::uint16_t{0}, "find a namespace's id"));
    std::vector<std::optional<int>> ids;
    for (auto const& answer : connection.get_all(questions)) {
        auto& id = ids.emplace_back();
        if (!answer) continue;
        auto const part = netlink::MessageReader(*answer).next();
        if (!part) return malformed_error("decode a namespace's id: the kernel's answer is cut short");
        id = TRY(netlink::read_namespace_id(*part)).nsid;
    }
    return ids;
}

std::string NamespaceNames::name(int nsid) {
    if (!known_) {
        known_.emplace();
        if (auto all = named_namespaces(*connection_))
            for (auto& one : *all)
                if (one.nsid) known_->emplace(*one.nsid, std::move(one.name));
    }
    auto const found = known_->find(nsid);
    return found == known_->end() ? std::string() : found->second;
}

}  // namespace vethwork::observe
