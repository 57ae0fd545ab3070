// Topology files from any text: what is read is a whole lab whose wanted state can be built, what is not has
// an error that says so.
#include <cstdlib>

#include <vethwork/base/bytes.hpp>
#include <vethwork/topology/build.hpp>
#include <vethwork/topology/read_lab.hpp>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

namespace {

namespace topology = vethwork::topology;

void check(topology::LabReading const& reading) {
    bool error = false;
    for (auto const& complaint : reading.complaints) {
        error = error || complaint.severity == topology::Severity::error;
        if (complaint.to_text().empty() || complaint.code.empty()) std::abort();
    }
    if (error == reading.lab.has_value()) std::abort();
    if (!reading.lab) return;
    auto const state = topology::wanted_state(*reading.lab);
    if (state.namespaces.size() < reading.lab->nodes.size()) std::abort();
    if (topology::hosts_text(*reading.lab).empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const included = [](std::string const&) { return std::optional<std::string>("vars: {k: 2}\n"); };
    check(topology::read_lab("fuzz.yaml", std::string(vethwork::as_text({data, size})), included));
    return 0;
}
