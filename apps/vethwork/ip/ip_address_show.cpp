// ip address show.
#include <net/if.h>

#include <algorithm>

#include <vethwork/observe/addresses.hpp>
#include <vethwork/report/ip_address.hpp>

#include "ip/address_selection.hpp"
#include "ip/address_verbs.hpp"

namespace vethwork::app {

namespace {

using topology::InterfaceAddress;
using topology::Link;

/// Addresses in the order of their links, found by binary search.
class AddressesByLink {
public:
    explicit AddressesByLink(std::vector<InterfaceAddress> addresses) : addresses_(std::move(addresses)) {
        std::ranges::stable_sort(addresses_, {}, index_of);
    }
    [[nodiscard]] auto of(std::uint32_t index) const {
        return std::ranges::equal_range(addresses_, index, {}, index_of);
    }

private:
    static std::uint32_t index_of(InterfaceAddress const& address) { return address.link.index; }

    std::vector<InterfaceAddress> addresses_;
};

Result<std::vector<Link>> find_links(Session& session, AddressSelection const& wanted) {
    auto* const connection = TRY(session.connection());
    auto& names = session.names();
    std::vector<Link> links;
    if (wanted.link_index != 0) {
        links.push_back(TRY(observe::link(*connection, {.index = wanted.link_index})));
    } else {
        observe::LinkQuery const query{.family = session.options().family,
                                       .master = wanted.master,
                                       .kind = wanted.kind,
                                       .statistics = session.options().statistics > 0};
        auto set = TRY(observe::links(*connection, query));
        if (set.interrupted) session.warn("Dump was interrupted and may be inconsistent.");
        links = std::move(set.links);
    }
    for (auto const& link : links) names.learn(link);
    return links;
}

/// A link that has addresses is shown for those that are asked for, one without any for itself.
bool has_something_to_show(Link const& link, AddressSelection const& wanted,
                           AddressesByLink const& addresses) {
    auto const own = addresses.of(link.index);
    if (own.empty()) return !wanted.family;
    return std::ranges::any_of(
        own, [&](InterfaceAddress const& address) { return is_wanted(address, wanted, link.name); });
}

/// Down where only links that are up are asked for.
bool is_down(Link const& link, AddressSelection const& wanted) { return wanted.up && !(link.flags & IFF_UP); }

/// An address that is not asked for leaves an empty object in JSON.
void write_addresses(report::IpWriter& writer, Link const& link, AddressSelection const& wanted,
                     AddressesByLink const& addresses, report::IpDetails const& details,
                     report::AddressPlace place) {
    writer.begin_list("addr_info");
    for (auto const& address : addresses.of(link.index)) {
        if (is_down(link, wanted) || (wanted.family && address.family != wanted.family)) continue;
        writer.begin_object();
        if (is_wanted(address, wanted, link.name)) report::write_address(writer, address, details, place);
        writer.end_object();
    }
    writer.end_list();
    if (details.brief) writer.text("\n");
}

/// Writes links, each with its addresses, as the options ask for.
class AddressReport {
public:
    AddressReport(Session& session, AddressSelection const& wanted, AddressesByLink const& addresses)
        : writer_(session.writer()), details_(session.details()), wanted_(&wanted), addresses_(&addresses) {
        bool const one_line = session.options().one_line;
        place_ = one_line ? report::AddressPlace::alone : report::AddressPlace::below_link;
        with_links_ = wanted.link_level || !one_line || details_.brief;
        view_ = wanted.family ? report::LinkView::address_family : report::LinkView::address;
        // In brief a link without addresses is shown by what `ip -br link` shows.
        if (wanted.link_level && details_.brief) view_ = report::LinkView::link;
    }

    [[nodiscard]] std::string write(std::vector<Link> const& links) {
        writer_.begin_list();
        for (auto const& link : links) {
            if (!wanted_->link_level && !has_something_to_show(link, *wanted_, *addresses_)) continue;
            writer_.begin_object();
            write(link);
            writer_.end_object();
        }
        writer_.end_list();
        return writer_.take();
    }

private:
    /// With a label asked for, links are not shown, only addresses.
    void write(Link const& link) {
        bool const with_link = with_links_ && !wanted_->label;
        if (with_links_ && is_down(link, *wanted_)) return;
        if (with_link && !is_wanted(link, *wanted_)) return;
        if (with_link) report::write_link(writer_, link, details_, view_);
        if (!wanted_->link_level) write_addresses(writer_, link, *wanted_, *addresses_, details_, place_);
        if (with_link && !details_.brief && details_.statistics > 0 && link.statistics) {
            report::write_link_statistics(writer_, link, details_);
            writer_.end_line();
        }
    }

    report::IpWriter writer_;
    report::IpDetails details_;
    AddressSelection const* wanted_;
    AddressesByLink const* addresses_;
    report::AddressPlace place_;
    report::LinkView view_;
    bool with_links_;
};

}  // namespace

Result<int> show_addresses(Session& session, plan::WordReader& words) {
    auto const wanted = TRY(read_address_selection(session, words));
    auto const links = TRY(find_links(session, wanted));
    std::vector<InterfaceAddress> addresses;
    if (!wanted.link_level) {
        auto set = TRY(observe::addresses(*TRY(session.connection()),
                                          {.family = wanted.family, .link_index = wanted.link_index}));
        if (set.interrupted) session.warn("Dump was interrupted and may be inconsistent.");
        addresses = std::move(set.addresses);
    }
    AddressesByLink const by_link(std::move(addresses));
    session.print(AddressReport(session, wanted, by_link).write(links));
    return 0;
}

}  // namespace vethwork::app
