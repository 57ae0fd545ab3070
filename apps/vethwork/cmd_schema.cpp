// vethwork schema: what may stand in a topology file, for editors and checkers.
#include <vethwork/base/text.hpp>
#include <vethwork/topology/field.hpp>

#include "cli.hpp"

namespace vethwork::app {

int run_schema(Invocation const& invocation) {
    OptionSet app("Prints the JSON Schema (draft-07) of topology files.", "vethwork schema");
    if (auto const ended = parse_words(app, invocation, "schema")) return *ended;
    fmt::print("{}\n", trim(topology::json_schema()));
    return 0;
}

}  // namespace vethwork::app
