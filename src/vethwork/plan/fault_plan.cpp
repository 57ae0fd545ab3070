#include <vethwork/plan/fault_plan.hpp>

#include <linux/if.h>

#include <algorithm>

#include <vethwork/topology/netem.hpp>

namespace vethwork::plan {

namespace {

using topology::FaultKind;
using topology::Lab;
using topology::LabEnd;
using topology::LabFault;
using topology::NetworkState;

/// The ends that a fault strikes: of a link all, or one.
std::vector<LabEnd const*> ends_of(Lab const& lab, LabFault const& fault) {
    std::vector<LabEnd const*> ends;
    for (auto const& target : fault.targets) {
        auto const& all = lab.links[target.link].ends;
        if (target.end != topology::no_index)
            ends.push_back(&all[target.end]);
        else
            for (auto const& end : all) ends.push_back(&end);
    }
    return ends;
}

Step set_up_or_down(Lab const& lab, LabEnd const& end, bool up) {
    topology::Link changes;
    changes.name = end.interface;
    changes.flags_mask = IFF_UP;
    changes.flags = up ? IFF_UP : 0;
    auto const& node = lab.nodes[end.node].name;
    auto key = topology::key_of(node, changes);
    return {.phase = Phase::up,
            .netns = node,
            .operation = ChangeLink{.changes = std::move(changes), .group = {}},
            .key = std::move(key),
            .reason = up ? "a fault brings it up" : "a fault takes it down"};
}

/// Instead of what emulates there, or nothing.
void impair(NetworkState& state, std::string const& node, std::string const& interface,
            std::optional<topology::Netem> const& netem) {
    auto const found = std::ranges::find(state.namespaces, node, &topology::NamespaceState::name);
    if (found == state.namespaces.end()) return;
    auto& netns = *found;
    std::erase_if(netns.qdiscs, [&interface](topology::Qdisc const& qdisc) {
        return qdisc.kind == "netem" && qdisc.link.name == interface;
    });
    if (netem)
        netns.qdiscs.push_back(
            {.link = {interface}, .kind = "netem", .parent = topology::qdisc_root, .options = *netem});
}

}  // namespace

Plan plan_fault(Lab const& lab, LabFault const& fault, NetworkState& state) {
    Plan plan;
    auto const ends = ends_of(lab, fault);
    switch (fault.kind) {
        case FaultKind::down:
        case FaultKind::up:
            for (auto const* const end : ends)
                plan.steps.push_back(set_up_or_down(lab, *end, fault.kind == FaultKind::up));
            return plan;
        case FaultKind::impair: {
            auto struck = state;
            for (auto const* const end : ends)
                impair(struck, lab.nodes[end->node].name, end->interface,
                       topology::netem_of(fault.impairment));
            plan = make_plan(struck, state);
            state = std::move(struck);
            return plan;
        }
        case FaultKind::run:
        case FaultKind::kill:
            break;
    }
    return plan;
}

}  // namespace vethwork::plan
