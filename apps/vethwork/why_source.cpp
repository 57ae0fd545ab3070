#include "why_source.hpp"

#include <filesystem>

#include <vethwork/base/text.hpp>
#include <vethwork/observe/state.hpp>
#include <vethwork/report/node_name.hpp>

#include "lab/context.hpp"

namespace vethwork::app {

namespace {

/// A node as it is, with those sysctls that its file names.
Result<topology::NamespaceState> actual_state(diagnose::Site& site, std::string const& node,
                                              topology::NetworkState const& wanted) {
    observe::Member const member{.name = node, .connection = TRY(site.connection()), .netns = site.netns()};
    auto state = TRY(observe::network_state({&member, 1}, {}));
    auto actual = std::move(state.namespaces.at(0));
    if (auto const* const netns = wanted.find(node))
        for (auto const& [name, value] : netns->sysctls) actual.sysctls[name] = site.sysctl(name);
    return actual;
}

}  // namespace

void quote_file(diagnose::Sites& sites, lab::Record const& record, std::string const& prefix,
                diagnose::Diagnosis& diagnosis) {
    if (!diagnosis.cause) return;
    auto* const site = sites.find(diagnosis.cause->netns);
    auto const loaded = load_record_silently(record);
    if (!site || !loaded) return;
    auto const actual = actual_state(*site, report::node_name(site->name(), prefix), loaded->state);
    if (!actual) return;
    auto place =
        diagnose::place_in_file(*diagnosis.cause, diagnosis.flow.port, {loaded->lab, loaded->state, *actual});
    if (!place) return;
    auto const text = std::string(trim(line_of(*loaded, place->origin)));
    std::filesystem::path const main(record.file);
    bool const is_main = place->origin.file == main.filename();
    auto const now = read_file(record.file);
    diagnosis.source = diagnose::FileQuote{
        .place = *std::move(place),
        .path = (is_main ? main : main.parent_path() / place->origin.file).lexically_normal().string(),
        .text = text,
        .has_changed = is_main && (!now || *now != record.text)};
}

}  // namespace vethwork::app
