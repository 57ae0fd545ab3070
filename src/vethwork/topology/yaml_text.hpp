// Texts as YAML has them. Source: YAML 1.2.2, 7.3.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace vethwork::topology {

/// A scalar that reads back as this text, also within {} and []: plain where that can be, else in double
/// quotes.
[[nodiscard]] std::string yaml_scalar(std::string_view text);
/// `a`, or `[a, b]`, of what is written already.
[[nodiscard]] std::string yaml_one_or_list(std::span<std::string const> items);
/// `|` and the lines of a text, each with this many blanks before it.
[[nodiscard]] std::string yaml_block(std::string_view text, std::size_t indent);

}  // namespace vethwork::topology
