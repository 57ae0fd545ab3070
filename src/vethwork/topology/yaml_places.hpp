// Where in the text of a YAML file a thing begins and ends, so that it can be written anew without touching
// the rest.
#pragma once

#include <cstddef>
#include <string_view>

#include <vethwork/topology/complaint.hpp>

namespace vethwork::topology {

/// Offsets count bytes; npos where there is no such thing. The text has been read as YAML before.
class YamlPlaces {
public:
    static constexpr std::size_t npos = std::string_view::npos;

    explicit YamlPlaces(std::string_view text) : text_(text) {}

    [[nodiscard]] std::size_t offset_of(Place const& place) const;
    /// Past the scalar that begins at `begin`, in one line.
    [[nodiscard]] std::size_t end_of_word(std::size_t begin) const;
    /// The { that `inside` is in; none where the map is written without.
    [[nodiscard]] std::size_t begin_of_map(std::size_t inside) const;
    /// The } or ] of the { or [ at `begin`.
    [[nodiscard]] std::size_t end_of_map(std::size_t begin) const;
    /// Past the item of a list whose first character is at `begin`: a flow map, or the lines of a block map
    /// without the blank and comment lines that follow it.
    [[nodiscard]] std::size_t end_of_item(std::size_t begin) const;
    /// The column, from 0, of the dash before an item of a block list; none within [].
    [[nodiscard]] std::size_t dash_before(std::size_t begin) const;

private:
    [[nodiscard]] std::size_t begin_of_line(std::size_t at) const;
    [[nodiscard]] std::size_t end_of_line(std::size_t at) const;

    std::string_view text_;
};

}  // namespace vethwork::topology
