// Names of tables, protocols, scopes, realms, DS fields and groups, out of the files that iproute2 reads.
// Source: the comments in /etc/iproute2/rt_tables and its neighbours, ip-route(8).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <vethwork/topology/names.hpp>

namespace vethwork::observe {

inline constexpr char const* names_dir = "/etc/iproute2";

/// What the files of one kind have, and what is wrong with them.
struct LoadedNames {
    topology::NameTable names;
    std::vector<std::string>
        complaints;  ///< `Database FILE is corrupted at LINE`; the rest of FILE is unread
};

/// Reads DIRECTORY/rt_tables (and rt_tables.d/*.conf, where the kind has such a folder). Absent files are no
/// error.
[[nodiscard]] LoadedNames load_names(topology::NameKind kind, std::string const& directory = names_dir);

/// Reads the lines `NUMBER NAME` of one file, `#` begins a comment. `file` is for complaints.
void parse_names(std::string_view text, std::string const& file, LoadedNames& into);

}  // namespace vethwork::observe
