// ip address flush.
#include <linux/if_addr.h>

#include <cerrno>
#include <cstring>

#include <vethwork/observe/addresses.hpp>
#include <vethwork/report/ip_address.hpp>

#include "ip/address_selection.hpp"
#include "ip/address_verbs.hpp"
#include "ip/flush.hpp"

namespace vethwork::app {

namespace {

/// The addresses that are left to delete.
Result<std::vector<topology::InterfaceAddress>> find(Session& session, AddressSelection const& wanted) {
    observe::AddressQuery const query{.family = wanted.family, .link_index = wanted.link_index};
    auto set = TRY(observe::addresses(*TRY(session.connection()), query));
    std::erase_if(set.addresses, [&](topology::InterfaceAddress const& address) {
        bool const needs_name = wanted.label && !address.label;
        return !is_wanted(address, wanted, needs_name ? session.names().name(address.link.index) : "");
    });
    return std::move(set.addresses);
}

/// With -s -s, what is about to go.
void show(Session& session, std::vector<topology::InterfaceAddress> const& addresses) {
    auto writer = session.text_writer();
    auto const details = session.details();
    for (auto const& address : addresses)
        report::write_address(writer, address, details, report::AddressPlace::alone);
    session.print(writer.take());
}

Result<> remove(Session& session, std::vector<topology::InterfaceAddress> addresses) {
    std::vector<plan::Operation> operations;
    for (auto& address : addresses) operations.push_back(plan::DeleteAddress{.address = std::move(address)});
    // An address may have gone with the primary one it belonged to.
    return remove_all(session, operations, EADDRNOTAVAIL);
}

}  // namespace

Result<int> flush_addresses(Session& session, plan::WordReader& words) {
    if (words.done()) return plan::refused("Flush requires arguments.");
    if (session.options().link_family) return plan::refused("Cannot flush link addresses.");
    auto const wanted = TRY(read_address_selection(session, words));
    // Deleting only primary addresses may make primaries of secondary ones, which are to stay.
    bool const once = !(wanted.flags & IFA_F_SECONDARY) && wanted.flags_mask & IFA_F_SECONDARY;
    int const most = session.options().loops;
    for (int round = 0; most == 0 || round < most; ++round) {
        auto addresses = TRY(find(session, wanted));
        if (addresses.empty()) return tell_flushed(session, round);
        auto const count = addresses.size();
        if (session.options().statistics > 1) show(session, addresses);
        if (auto const removed = remove(session, std::move(addresses)); !removed)
            return usage_error(removed.error().attempt);
        tell_round(session, round + 1, count, "addresses");
        if (once) return tell_flushed(session, round + 1);
    }
    return usage_error(fmt::format("*** Flush remains incomplete after {} rounds. ***", most));
}

}  // namespace vethwork::app
