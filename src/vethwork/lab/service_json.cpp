#include <vethwork/lab/service_json.hpp>

namespace vethwork::lab {

Json to_json(Service const& service) {
    return {{"node", service.node},
            {"name", service.name},
            {"argv", service.argv},
            {"env", service.env},
            {"dir", service.dir},
            {"user", service.user},
            {"ready_by", static_cast<int>(service.ready_by)},
            {"ready_what", service.ready_what},
            {"ready_within", service.ready_within.count()},
            {"after", service.after},
            {"restart", static_cast<int>(service.restart)},
            {"stop_signal", service.stop_signal},
            {"stop_within", service.stop_within.count()},
            {"log", service.log},
            {"netns", service.netns},
            {"outside", service.outside},
            {"binds", service.binds},
            {"groups", service.groups},
            {"open_files", service.open_files}};
}

Service service_from_json(Json const& json) {
    Service service;
    json.at("node").get_to(service.node);
    json.at("name").get_to(service.name);
    json.at("argv").get_to(service.argv);
    json.at("env").get_to(service.env);
    json.at("dir").get_to(service.dir);
    json.at("user").get_to(service.user);
    service.ready_by = static_cast<ReadyBy>(json.at("ready_by").get<int>());
    json.at("ready_what").get_to(service.ready_what);
    service.ready_within = std::chrono::milliseconds(json.at("ready_within").get<std::int64_t>());
    json.at("after").get_to(service.after);
    service.restart = static_cast<Restart>(json.at("restart").get<int>());
    json.at("stop_signal").get_to(service.stop_signal);
    service.stop_within = std::chrono::milliseconds(json.at("stop_within").get<std::int64_t>());
    json.at("log").get_to(service.log);
    json.at("netns").get_to(service.netns);
    json.at("outside").get_to(service.outside);
    json.at("binds").get_to(service.binds);
    json.at("groups").get_to(service.groups);
    json.at("open_files").get_to(service.open_files);
    return service;
}

Json to_json(ServiceStatus const& status) {
    return {{"service", status.service},   {"state", static_cast<int>(status.state)},
            {"pid", status.pid},           {"exit_status", status.exit_status},
            {"restarts", status.restarts}, {"text", status.text}};
}

ServiceStatus status_from_json(Json const& json) {
    ServiceStatus status;
    json.at("service").get_to(status.service);
    status.state = static_cast<ServiceState>(json.at("state").get<int>());
    json.at("pid").get_to(status.pid);
    json.at("exit_status").get_to(status.exit_status);
    json.at("restarts").get_to(status.restarts);
    json.at("text").get_to(status.text);
    return status;
}

}  // namespace vethwork::lab
