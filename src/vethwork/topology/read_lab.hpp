// A topology file, from text to a lab.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <vethwork/topology/complaint.hpp>
#include <vethwork/topology/expand.hpp>
#include <vethwork/topology/lab.hpp>

namespace vethwork::topology {

/// A lab where there is no error among the complaints; warnings may be there with it.
struct LabReading {
    std::optional<Lab> lab;
    std::vector<Complaint> complaints;
};

/// Reads, checks, expands, addresses and routes. `name` is what complaints call the file; `reader` gives the
/// files that it names. Stages: YAML, expansion, fields, references, addresses, routes; each tells all of its
/// errors (at most 20), and the next begins only without any.
[[nodiscard]] LabReading read_lab(std::string name, std::string text, FileReader const& reader = {},
                                  Overrides const& overrides = {});

}  // namespace vethwork::topology
