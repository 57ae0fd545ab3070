// vethwork explain: the long text of a complaint's code.
#include <algorithm>
#include <cctype>

#include <nlohmann/json.hpp>

#include <vethwork/topology/explanations.hpp>

#include "lab/context.hpp"

namespace vethwork::app {

namespace {

using Json = nlohmann::ordered_json;

Json json_of(topology::Explanation const& entry) {
    return {{"code", entry.code}, {"title", entry.title}, {"text", entry.text}};
}

int list_codes(bool json) {
    auto list = Json::array();
    for (auto const& entry : topology::explanations()) {
        if (json)
            list.push_back(json_of(entry));
        else
            fmt::print("{}  {}\n", entry.code, entry.title);
    }
    if (json) fmt::print("{}\n", list.dump(1));
    return status::ok;
}

}  // namespace

int run_explain(Invocation const& invocation) {
    OptionSet app("Explains the code of a complaint about a topology file; without one, lists them.",
                  "vethwork explain");
    std::string code;
    bool json = false;
    app.add_option("CODE", code, "as E207");
    app.add_flag("-j,--json", json, "answer in JSON");
    if (auto const ended = parse_words(app, invocation, "explain")) return *ended;
    if (code.empty()) return list_codes(json);
    std::ranges::transform(code, code.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    auto const* const entry = topology::find_explanation(code);
    if (!entry)
        return complain_of_lab("explain", lookup_error("there is no code \"" + code + "\"",
                                                       "`vethwork explain` lists them all"));
    if (json) return fmt::print("{}\n", json_of(*entry).dump(1)), status::ok;
    fmt::print("{}: {}\n\n{}", entry->code, entry->title, entry->text);
    return status::ok;
}

}  // namespace vethwork::app
