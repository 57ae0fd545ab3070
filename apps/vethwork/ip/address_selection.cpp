#include "ip/address_selection.hpp"

#include <fnmatch.h>
#include <linux/if_addr.h>
#include <net/if.h>

#include <vethwork/plan/address_operation.hpp>

namespace vethwork::app {

namespace {

constexpr std::uint32_t no_master = ~0u;

/// A flag by its word, with '-' in front where it is to be absent; `dynamic` and `primary` are absences.
bool take_flag(plan::WordReader& words, AddressSelection& wanted) {
    std::string_view word = words.peek();
    bool absent = word.starts_with('-');
    if (absent) word.remove_prefix(1);
    if (word == "dynamic" || word == "primary") {
        absent = !absent;
        word = word == "dynamic" ? "permanent" : "secondary";
    }
    auto const* const flag = plan::find_address_flag(word);
    if (!flag) return false;
    words.skip();
    wanted.flags_mask |= flag->mask;
    wanted.flags = absent ? wanted.flags & ~flag->mask : wanted.flags | flag->mask;
    return true;
}

Result<> take_prefix(plan::WordReader& words, AddressSelection& wanted) {
    auto const word = TRY(words.value());
    if (wanted.link_level)
        return plan::refused(
            fmt::format("Error: \"{}\" may be inet prefix, but it is not allowed in this context.", word));
    if (plan::is_any_word(word)) {
        wanted.prefix.reset();
        return {};
    }
    auto const prefix = TRY(plan::read_prefix(word, wanted.family));
    wanted.family = prefix.family();
    if (prefix.length > 0) wanted.prefix = prefix;
    return {};
}

Result<> take_scope(Session& session, plan::WordReader& words, AddressSelection& wanted) {
    auto const word = TRY(words.value());
    auto const scope = session.number_names().parse(topology::NameKind::scope, word);
    if (!scope && word != "all") return plan::wrong_argument("invalid \"scope\"\n", word);
    wanted.scope.reset();
    if (scope) wanted.scope = static_cast<std::uint8_t>(*scope);
    return {};
}

Result<> take_kind(plan::WordReader& words, AddressSelection& wanted) {
    constexpr std::string_view port_ending = "_slave";
    auto const word = TRY(words.value());
    if (word.ends_with(port_ending))
        wanted.port_kind = word.substr(0, word.size() - port_ending.size());
    else
        wanted.kind = word;
    return {};
}

Result<> take_device(plan::WordReader& words, AddressSelection& wanted) {
    if (words.take_exact("dev")) {
        if (words.done()) return plan::incomplete_line();
    } else if (words.is_prefix("help")) {
        return usage_error(std::string(plan::address_usage()));
    }
    if (!wanted.device.empty()) return plan::garbage_argument("dev", words.peek());
    wanted.device = words.take();
    return {};
}

Result<> take_word(Session& session, plan::WordReader& words, AddressSelection& wanted) {
    if (words.take_exact("to")) return take_prefix(words, wanted);
    if (words.take_exact("scope")) return take_scope(session, words, wanted);
    if (words.take_exact("up")) {
        wanted.up = true;
        return {};
    }
    if (take_flag(words, wanted)) return {};
    if (words.take_exact("label")) {
        wanted.label = TRY(words.value());
        return {};
    }
    if (words.take_exact("group")) {
        auto const word = TRY(words.value());
        wanted.group = session.number_names().parse(topology::NameKind::group, word);
        if (!wanted.group) return plan::wrong_argument("Invalid \"group\" value\n", word);
        return {};
    }
    if (words.take_exact("master")) {
        wanted.master = TRY(read_master(session, words));
        return {};
    }
    if (words.take_exact("vrf")) {
        wanted.master = TRY(read_vrf(session, words));
        return {};
    }
    if (words.take_exact("nomaster")) {
        wanted.master = topology::LinkRef{.index = no_master};
        return {};
    }
    if (words.take_exact("type")) return take_kind(words, wanted);
    return take_device(words, wanted);
}

}  // namespace

Result<topology::LinkRef> read_master(Session& session, plan::WordReader& words) {
    auto const name = TRY(words.value());
    auto const index = TRY(session.settled_kernel())->resolver().index_of(name);
    if (!index) return plan::wrong_argument("Device does not exist\n", name);
    return topology::LinkRef{name, *index};
}

Result<topology::LinkRef> read_vrf(Session& session, plan::WordReader& words) {
    auto const name = TRY(words.value());
    auto const index = TRY(session.settled_kernel())->resolver().index_of(name);
    if (index) {
        auto const link = observe::link(*TRY(session.connection()), {.index = *index});
        if (link && link->kind_name == "vrf") return topology::LinkRef{name, *index};
    }
    return plan::wrong_argument("Not a valid VRF name\n", name);
}

Result<AddressSelection> read_address_selection(Session& session, plan::WordReader& words) {
    AddressSelection wanted;
    wanted.family = session.options().family;
    wanted.link_level = session.options().link_family;
    while (!words.done()) TRY(take_word(session, words, wanted));
    if (wanted.device.empty()) return wanted;
    auto const index = TRY(session.settled_kernel())->resolver().index_of(wanted.device);
    if (!index) return lookup_error(fmt::format("Device \"{}\" does not exist.", wanted.device));
    wanted.link_index = *index;
    return wanted;
}

bool is_wanted(topology::InterfaceAddress const& address, AddressSelection const& wanted,
               std::string const& link_name) {
    if (wanted.family && address.family != wanted.family) return false;
    if (wanted.scope && address.scope != wanted.scope) return false;
    if ((address.flags ^ wanted.flags) & wanted.flags_mask) return false;
    if (wanted.label) {
        auto const& label = address.label ? *address.label : link_name;
        if (::fnmatch(wanted.label->c_str(), label.c_str(), 0) != 0) return false;
    }
    return !wanted.prefix || !address.local || wanted.prefix->contains(*address.local);
}

bool is_wanted(topology::Link const& link, AddressSelection const& wanted) {
    if (wanted.up && !(link.flags & IFF_UP)) return false;
    if (wanted.group && link.group && link.group != wanted.group) return false;
    bool const of_master = wanted.master && wanted.master->index != no_master;
    if (of_master && (!link.master || link.master->index != wanted.master->index)) return false;
    if (!wanted.kind.empty() && link.kind_name != wanted.kind) return false;
    return wanted.port_kind.empty() || link.port_kind_name == wanted.port_kind;
}

}  // namespace vethwork::app
