// The one table of what may stand in a topology file: the checker, the JSON Schema and the reference page are
// made of it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vethwork::topology {

/// One key of one object. `type` is a small language:
///
///     name integer duration …   a scalar type (scalar_types())
///     =host,router,switch       one of these words
///     [T]  <T>  {object}        a list of T, a map of names to T, a map with the fields of that object
///     T|U                       either
struct Field {
    std::string_view object, key, type;
    bool required;
    std::string_view doc;  ///< one sentence
};

[[nodiscard]] std::span<Field const> fields();
[[nodiscard]] std::span<Field const> fields_of(std::string_view object);

/// An object that may also be written as exactly one of several keys, and the like.
struct ObjectRow {
    std::string_view name, title, doc;
    std::string_view one_of;  ///< exactly one of these keys, separated by blanks; empty: no such rule
};

[[nodiscard]] std::span<ObjectRow const> objects();
[[nodiscard]] ObjectRow const& object_row(std::string_view name);

/// What a complaint says of a text that is no such scalar.
struct ScalarFault {
    std::string code, message, hint;
};

struct ScalarRow {
    std::string_view name;
    std::string_view noun;     ///< "a duration"
    std::string_view example;  ///< "20ms"
    std::string_view pattern;  ///< a JSON Schema pattern, empty: any text
    bool (*fits)(std::string_view text);
    /// The fault's code and a hint; called where the text does not fit.
    ScalarFault (*fault)(std::string_view text);
};

[[nodiscard]] std::span<ScalarRow const> scalar_types();
[[nodiscard]] ScalarRow const* scalar_row(std::string_view name);

/// The same text, with a - for each byte that no name may have.
[[nodiscard]] std::string with_letters_of_names(std::string_view text);

/// The alternatives of a type, those of its top level.
[[nodiscard]] std::vector<std::string_view> alternatives(std::string_view type);

/// JSON Schema, draft-07, of a topology file.
[[nodiscard]] std::string json_schema();
/// The reference page, in Markdown.
[[nodiscard]] std::string reference_page();

}  // namespace vethwork::topology
