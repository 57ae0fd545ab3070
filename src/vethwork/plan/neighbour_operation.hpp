// Changes of neighbours. Source: ip-neighbour(8).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <vethwork/plan/put_mode.hpp>
#include <vethwork/plan/words.hpp>
#include <vethwork/topology/names.hpp>
#include <vethwork/topology/neighbour.hpp>

namespace vethwork::plan {

/// Deletes the entry of `neighbour`'s address on its link, or the proxy entry if it has that flag.
struct DeleteNeighbour {
    topology::Neighbour neighbour;

    [[nodiscard]] std::string describe() const;
    [[nodiscard]] std::vector<std::string> words() const;
    bool operator==(DeleteNeighbour const&) const = default;
};

struct PutNeighbour {
    topology::Neighbour neighbour;
    PutMode mode = PutMode::add;

    [[nodiscard]] std::string describe() const;
    [[nodiscard]] std::vector<std::string> words() const;
    /// Only what was added can be taken back: what a change replaced is not known.
    [[nodiscard]] std::optional<DeleteNeighbour> inverse() const;
    bool operator==(PutNeighbour const&) const = default;
};

/// The words behind `neighbour add`, `change`, `replace`; `family` is the only one accepted, if there is one.
[[nodiscard]] Result<PutNeighbour> parse_neighbour_put(WordReader& words, PutMode mode,
                                                       std::optional<Family> family, topology::Names& names);
/// The words behind `neighbour delete`.
[[nodiscard]] Result<DeleteNeighbour> parse_neighbour_delete(WordReader& words, std::optional<Family> family,
                                                             topology::Names& names);
/// The words behind `neighbour get`: address, link, and whether it is a proxy entry.
[[nodiscard]] Result<topology::Neighbour> parse_neighbour_get(WordReader& words,
                                                              std::optional<Family> family);

/// A state (NUD_…) by name, which may be abbreviated where iproute2 lets it be, or by number.
[[nodiscard]] std::optional<std::uint16_t> parse_neighbour_state(std::string_view word);

/// What `ip neighbour help` prints.
[[nodiscard]] std::string_view neighbour_usage();

}  // namespace vethwork::plan
