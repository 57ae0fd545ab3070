#include <vethwork/plan/written_interfaces.hpp>

#include <algorithm>

#include <vethwork/plan/link_kinds.hpp>

namespace vethwork::plan {

namespace {

using topology::LabInterface;
using topology::Link;

/// What iproute2 would make of the kind's own words and of those that are written.
Result<> complete(Link& link, LabInterface const& interface, LinkContext const& context) {
    auto const options = split_words(interface.options);
    auto const* const row = find_kind_words(interface.kind);
    if (!row || row->place != link.kind.index()) {
        if (options.empty()) return {};
        return usage_error("kind " + interface.kind + " has no options");
    }
    std::vector<std::string> words;
    row->print(link.kind, words);
    words.insert(words.end(), options.begin(), options.end());
    auto kind = row->make();
    WordReader reader(words);
    TRY(row->parse(reader, kind, context));
    link.kind = std::move(kind);
    return {};
}

}  // namespace

std::vector<topology::Complaint> complete_interfaces(topology::Lab const& lab, topology::NetworkState& state,
                                                     topology::Names& names) {
    topology::Complaints complaints(lab.sources);
    for (auto const& node : lab.nodes) {
        auto const netns = std::ranges::find(state.namespaces, node.name, &topology::NamespaceState::name);
        if (netns == state.namespaces.end()) continue;
        for (auto const& interface : node.interfaces) {
            auto const link = std::ranges::find(netns->links, interface.name, &Link::name);
            if (link == netns->links.end()) continue;
            LinkContext context;
            context.purpose = LinkPurpose::add;
            context.names = &names;
            if (auto const done = complete(*link, interface, context); !done)
                complaints.error(
                    "E506", interface.place, plain_words(done.error()),
                    "write what follows `ip link add " + interface.name + " type " + interface.kind + "`");
        }
    }
    return complaints.take();
}

}  // namespace vethwork::plan
