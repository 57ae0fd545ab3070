// Services and their states as JSON, between a keeper and those who command it.
#pragma once

#include <nlohmann/json.hpp>

#include <vethwork/lab/supervisor.hpp>

namespace vethwork::lab {

using Json = nlohmann::ordered_json;

[[nodiscard]] Json to_json(Service const& service);
[[nodiscard]] Json to_json(ServiceStatus const& status);
/// They throw nlohmann::json::exception where a member lacks or is of another type.
[[nodiscard]] Service service_from_json(Json const& json);
[[nodiscard]] ServiceStatus status_from_json(Json const& json);

}  // namespace vethwork::lab
