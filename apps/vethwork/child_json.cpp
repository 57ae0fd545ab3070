#include "child_json.hpp"

#include <string>
#include <utility>

#include <vethwork/base/fd.hpp>

#include "child_output.hpp"

namespace vethwork::app {

Result<nlohmann::ordered_json> json_of_child(std::string_view what,
                                             std::function<Result<nlohmann::ordered_json>()> const& work) {
    using Json = nlohmann::ordered_json;
    auto const text = output_of_child([&work](int writing_end) {
        auto done = work();
        Json json;
        if (done)
            json["answer"] = *std::move(done);
        else
            json = {{"fault", static_cast<int>(done.error().fault)}, {"error", done.error().describe()}};
        (void)write_all(writing_end, json.dump(-1, ' ', false, Json::error_handler_t::replace));
    });
    auto json = Json::parse(text, nullptr, false);
    if (!json.is_object()) return lookup_error(std::string(what) + " ended early");
    if (json.contains("answer")) return std::move(json["answer"]);
    return Error{.fault = static_cast<Fault>(json["fault"].get<int>()), .attempt = json["error"]};
}

}  // namespace vethwork::app
