#include "ip/objects.hpp"

#include <array>

namespace vethwork::app {

namespace {

Error unknown_object(std::string_view word) {
    std::vector<std::string_view> names;
    for (auto const& object : ip_objects()) names.push_back(object.name);
    auto const meant = nearest(word, names);
    return lookup_error(fmt::format("Object \"{}\" is unknown, try \"ip help\".", word),
                        meant ? fmt::format("did you mean \"{}\"?", *meant) : "");
}

}  // namespace

std::span<IpObject const> ip_objects() {
    static constexpr std::array objects{
        IpObject{"link", run_ip_link},
        IpObject{"netns", run_ip_netns},
    };
    return objects;
}

Result<int> run_command(Session& session, plan::WordReader& words, std::string_view object,
                        std::span<IpCommand const> commands) {
    for (auto const& command : commands)
        if (words.take_prefix(command.name)) return command.run(session, words);
    std::vector<std::string_view> names;
    for (auto const& command : commands) names.push_back(command.name);
    auto const meant = nearest(words.peek(), names);
    return usage_error(fmt::format("Command \"{}\" is unknown, try \"ip {} help\".", words.peek(), object),
                       meant ? fmt::format("did you mean \"{}\"?", *meant) : "");
}

int run_object(Session& session, plan::WordReader& words) {
    for (auto const& object : ip_objects()) {
        if (!words.take_prefix(object.name)) continue;
        auto const status = object.run(session, words);
        return status ? *status : session.complain(status.error());
    }
    return session.complain(unknown_object(words.peek()));
}

}  // namespace vethwork::app
