// JSON Schema and the reference page, both made of the table of fields.
#include <algorithm>

#include <fmt/format.h>

#include <vethwork/base/text.hpp>
#include <vethwork/topology/field.hpp>

namespace vethwork::topology {

namespace {

std::string json_text(std::string_view text) {
    std::string quoted = "\"";
    for (char const c : text) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + "\"";
}

std::string_view inside(std::string_view type) { return type.substr(1, type.size() - 2); }

std::string type_schema(std::string_view type);

/// Editors know numbers and truth values as such where the file has them without quotes; $(…) fits anywhere.
std::string scalar_schema(std::string_view name) {
    auto const& row = *scalar_row(name);
    std::string const usual = R"("type": ["string", "number", "boolean"])";
    if (row.pattern.empty()) return fmt::format("{{{}}}", usual);
    return fmt::format(R"({{{}, "pattern": {}, "examples": [{}]}})", usual,
                       json_text(fmt::format(R"(^({})$|\$\()", row.pattern)), json_text(row.example));
}

std::string choice_schema(std::string_view words) {
    std::string list;
    for (auto const word : split(words, ',')) {
        if (!list.empty()) list += ", ";
        list += json_text(word);
        // YAML 1.1 editors read these as numbers and truth values.
        if (word == "1") list += ", 1";
        if (word == "no" || word == "off") list += ", false";
    }
    return fmt::format(R"({{"enum": [{}]}})", list);
}

std::string single_schema(std::string_view type) {
    switch (type[0]) {
        case '=':
            return choice_schema(type.substr(1));
        case '[':
            return fmt::format(R"({{"type": "array", "items": {}}})", type_schema(inside(type)));
        case '<':
            return fmt::format(R"({{"type": "object", "additionalProperties": {}}})",
                               type_schema(inside(type)));
        case '{':
            return fmt::format(R"({{"$ref": "#/definitions/{}"}})", inside(type));
        default:
            return scalar_schema(type);
    }
}

std::string type_schema(std::string_view type) {
    auto const types = alternatives(type);
    if (types.size() == 1) return single_schema(types[0]);
    std::string list;
    for (auto const one : types) list += (list.empty() ? "" : ", ") + single_schema(one);
    return fmt::format(R"({{"anyOf": [{}]}})", list);
}

std::string object_schema(ObjectRow const& row) {
    std::string properties, required;
    for (auto const& field : fields_of(row.name)) {
        properties += fmt::format("{}        {}: {{\"description\": {}, \"allOf\": [{}]}}",
                                  properties.empty() ? "" : ",\n", json_text(field.key), json_text(field.doc),
                                  type_schema(field.type));
        if (field.required) required += (required.empty() ? "" : ", ") + json_text(field.key);
    }
    auto const needs =
        required.empty() ? std::string() : fmt::format(",\n      \"required\": [{}]", required);
    return fmt::format(
        "    {}: {{\n      \"description\": {},\n      \"type\": [\"object\", \"null\"],\n"
        "      \"additionalProperties\": false{},\n      \"properties\": {{\n{}\n      }}\n    }}",
        json_text(row.name), json_text(row.doc), needs, properties);
}

std::string type_text(std::string_view type) {
    std::string text;
    for (auto const one : alternatives(type)) {
        if (!text.empty()) text += " or ";
        if (one[0] == '=')
            text += "`" + fmt::format("{}", fmt::join(split(one.substr(1), ','), "`, `")) + "`";
        else if (one[0] == '[')
            text += "list of " + type_text(inside(one));
        else if (one[0] == '<')
            text += "map of names to " + type_text(inside(one));
        else if (one[0] == '{')
            text += fmt::format("[{0}](#{0})", inside(one));
        else
            text += one;
    }
    return text;
}

}  // namespace

std::string json_schema() {
    std::string definitions;
    for (auto const& row : objects()) definitions += (definitions.empty() ? "" : ",\n") + object_schema(row);
    return fmt::format(
        "{{\n  \"$schema\": \"http://json-schema.org/draft-07/schema#\",\n"
        "  \"title\": \"A topology file of vethwork\",\n  \"$ref\": \"#/definitions/lab\",\n"
        "  \"definitions\": {{\n{}\n  }}\n}}\n",
        definitions);
}

std::string reference_page() {
    std::string page =
        "# The topology file: every key\n\nMade of the table that the program checks files with; "
        "`vethwork schema` prints the same for editors.\n";
    for (auto const& row : objects()) {
        page += fmt::format("\n## {}\n\n{}", row.name, row.doc);
        if (!row.one_of.empty())
            page += fmt::format(" Exactly one of `{}`.", fmt::join(split_words(row.one_of), "`, `"));
        page += "\n\n| key | value | |\n|---|---|---|\n";
        for (auto const& field : fields_of(row.name))
            page += fmt::format("| `{}`{} | {} | {} |\n", field.key, field.required ? " (required)" : "",
                                type_text(field.type), field.doc);
    }
    page += "\n## Values\n\n| type | is | as in |\n|---|---|---|\n";
    for (auto const& row : scalar_types())
        page += fmt::format("| {} | {} | `{}` |\n", row.name, row.noun, row.example);
    return page;
}

}  // namespace vethwork::topology
