#include <vethwork/report/change_text.hpp>

#include <linux/if.h>
#include <linux/neighbour.h>

#include <fmt/format.h>

#include <vethwork/report/event_line.hpp>
#include <vethwork/report/json_writer.hpp>
#include <vethwork/report/node_name.hpp>
#include <vethwork/report/why_text.hpp>

namespace vethwork::report {

namespace {

using diagnose::Change;
using topology::Link;
using Weight = Change::Weight;

/// What and how much; nothing where `what` is empty.
struct Told {
    std::string what;
    Weight weight = Weight::setting;
};

bool has(Link const& link, std::uint32_t flag) { return (link.flags & flag) != 0; }

Told told_of_master(Link const& before, Link const& after) {
    auto const index = [](Link const& link) { return link.master ? link.master->index : 0; };
    if (index(before) == index(after)) return {};
    if (index(after) == 0) return {fmt::format("{} left its master", after.name), Weight::link};
    return {fmt::format("{} joined {}", after.name, after.master->name), Weight::link};
}

Told told(Link const* before, Link const& after, bool gone) {
    if (gone) return {after.name + " is gone", Weight::link};
    if (!before) return {after.name + " is new", Weight::link};
    if (has(*before, IFF_UP) != has(after, IFF_UP))
        return {after.name + (has(after, IFF_UP) ? " came up" : " went down"), Weight::link};
    if (auto master = told_of_master(*before, after); !master.what.empty()) return master;
    if (before->mtu && after.mtu && *before->mtu != *after.mtu)
        return {fmt::format("mtu of {} {} → {}", after.name, *before->mtu, *after.mtu), Weight::link};
    if (before->address != after.address && after.address)
        return {fmt::format("{} has the link address {} now", after.name, after.address->to_string()),
                Weight::link};
    if (has(*before, IFF_NOARP) != has(after, IFF_NOARP))
        return {fmt::format("{} has arp {}", after.name, has(after, IFF_NOARP) ? "off" : "on"), Weight::link};
    if (has(*before, IFF_LOWER_UP) != has(after, IFF_LOWER_UP))
        return {after.name + (has(after, IFF_LOWER_UP) ? " has a carrier again" : " lost its carrier"),
                Weight::carrier};
    return {};
}

Told told_of(observe::Event const& event, Weight weight) {
    auto const facts = facts_of(event);
    return {fmt::format("{} {} is {}", facts.kind, facts.object, event.gone ? "gone" : "new"), weight};
}

Told told(Link const* before, observe::Event const& event) {
    if (auto const* const link = std::get_if<Link>(&event.what)) return told(before, *link, event.gone);
    if (auto const* const address = std::get_if<topology::InterfaceAddress>(&event.what)) {
        bool const follows_link =
            address->local && address->local->is_link_local();  // with the link, a bit later
        return told_of(event, follows_link ? Weight::carrier : Weight::address);
    }
    if (std::holds_alternative<topology::Route>(event.what)) return told_of(event, Weight::route);
    if (auto const* const neighbour = std::get_if<topology::Neighbour>(&event.what);
        neighbour && (neighbour->state & (NUD_PERMANENT | NUD_NOARP)) == 0)
        return {};
    return told_of(event, Weight::setting);
}

}  // namespace

std::optional<Change> change_of(std::string const& netns, Link const* before, observe::Event const& event) {
    auto found = told(before, event);
    if (found.what.empty()) return {};
    return Change{netns, std::move(found.what), found.weight};
}

std::string verdict_change_line(VerdictChange const& change, diagnose::Diagnosis const& diagnosis,
                                std::string_view prefix) {
    auto line = fmt::format("{} {} → {}: ", change.time, diagnose::to_string(change.before),
                            diagnose::to_string(diagnosis.verdict));
    line += change.change ? node_name(change.change->netns, prefix) + " " + change.change->what
                          : "by nothing that was heard or read";
    if (diagnosis.cause)
        line += fmt::format(" ({} in {}: {})", diagnosis.cause->cause,
                            node_name(diagnosis.cause->netns, prefix), diagnosis.cause->what);
    if (diagnosis.source)
        line +=
            fmt::format(" [{}:{}]", diagnosis.source->place.origin.file, diagnosis.source->place.origin.line);
    return line + "\n";
}

std::string verdict_change_json(VerdictChange const& change, diagnose::Diagnosis const& diagnosis) {
    JsonWriter json;
    json.open_object().field("time", change.time).field("from", diagnose::to_string(change.before));
    json.field("to", diagnose::to_string(diagnosis.verdict)).key("event");
    if (change.change)
        json.open_object()
            .field("ns", change.change->netns)
            .field("what", change.change->what)
            .close_object();
    else
        json.null();
    json.key("diagnosis");
    write_diagnosis(json, diagnosis);
    json.close_object();
    return json.text() + "\n";
}

}  // namespace vethwork::report
