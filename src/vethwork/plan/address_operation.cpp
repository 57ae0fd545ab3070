#include <vethwork/plan/address_operation.hpp>

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

namespace vethwork::plan {

namespace {

using topology::InterfaceAddress;

std::string text_of(InterfaceAddress const& address) {
    if (!address.local) return "address";
    return IpPrefix{*address.local, address.prefix_length}.to_string();
}

std::string lifetime(std::uint32_t seconds) {
    return seconds == topology::forever ? "forever" : std::to_string(seconds);
}

/// The words behind the verb; parse_address_put() and parse_address_delete() read them back.
std::vector<std::string> address_words(InterfaceAddress const& address, bool with_length) {
    std::vector<std::string> words;
    auto const add = [&words](std::initializer_list<std::string> more) { words.insert(words.end(), more); };
    auto const prefixed = [&address](IpAddress const& one) {
        return IpPrefix{one, address.prefix_length}.to_string();
    };
    if (address.local) add({with_length ? prefixed(*address.local) : address.local->to_string()});
    if (address.peer) add({"peer", prefixed(*address.peer)});
    if (address.broadcast) add({"broadcast", address.broadcast->to_string()});
    if (address.anycast) add({"anycast", address.anycast->to_string()});
    if (address.scope) add({"scope", std::to_string(*address.scope)});
    if (address.label) add({"label", *address.label});
    if (address.metric) add({"metric", std::to_string(*address.metric)});
    if (address.lifetimes)
        add({"valid_lft", lifetime(address.lifetimes->valid), "preferred_lft",
             lifetime(address.lifetimes->preferred)});
    for (auto const& flag : address_flags())
        if (address.flags & flag.mask && !flag.read_only) add({std::string(flag.name)});
    add({"dev", address.link.name});
    return words;
}

}  // namespace

std::string PutAddress::describe() const {
    return fmt::format("{} {} on \"{}\"", put_word(mode), text_of(address), address.link.name);
}
std::string DeleteAddress::describe() const {
    return fmt::format("delete {} on \"{}\"", text_of(address), address.link.name);
}

std::vector<std::string> PutAddress::words() const {
    auto words = address_words(address, true);
    words.insert(words.begin(), {"address", std::string(put_word(mode))});
    return words;
}

std::vector<std::string> DeleteAddress::words() const {
    auto words = address_words(address, !any_length);
    words.insert(words.begin(), {"address", "delete"});
    return words;
}

std::optional<DeleteAddress> PutAddress::inverse() const {
    if (mode != PutMode::add) return {};
    InterfaceAddress same;
    same.link = address.link;
    same.family = address.family;
    same.local = address.local;
    same.peer = address.peer;
    same.prefix_length = address.prefix_length;
    same.label = address.label;
    return DeleteAddress{.address = std::move(same)};
}

Result<> check(InterfaceAddress const& address) {
    if (address.lifetimes && address.lifetimes->valid == 0) return refused("valid_lft is zero");
    if (address.lifetimes && address.lifetimes->valid < address.lifetimes->preferred)
        return refused("preferred_lft is greater than valid_lft");
    bool const is_group = address.local && address.local->is_multicast();
    if (address.flags & IFA_F_MCAUTOJOIN && !is_group) return refused("autojoin needs multicast address");
    return {};
}

}  // namespace vethwork::plan
