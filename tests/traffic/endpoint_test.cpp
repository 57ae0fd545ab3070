#include <gmock/gmock.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstring>

#include <vethwork/traffic/endpoint.hpp>

namespace vethwork {
namespace {

TEST(EndpointTest, TextComesBackAsItWas) {
    for (char const* const text :
         {"10.0.2.0:4078", "0.0.0.0:0", "[::]:4078", "[fd00::2]:65535", "[fe80::1%eth0]:80"})
        EXPECT_EQ(Endpoint::parse(text).value().to_string(), text);
}

TEST(EndpointTest, APortAloneTakesTheDefaultHost) {
    EXPECT_EQ(Endpoint::parse(":80", IpAddress::any(Family::ipv4)).value().to_string(), "0.0.0.0:80");
    EXPECT_FALSE(Endpoint::parse(":80"));
}

TEST(EndpointTest, AnErrorSaysWhatIsWrongAndHowToWriteIt) {
    auto const error = [](char const* text) { return Endpoint::parse(text).error().describe(); };
    std::string const how = "; write it as 10.0.2.0:4078 or [fd00::2]:4078";
    EXPECT_EQ(error("10.0.2.0"), "\"10.0.2.0\" is no address and port: there is no :PORT" + how);
    EXPECT_EQ(error("[::1]"), "\"[::1]\" is no address and port: there is no :PORT" + how);
    EXPECT_EQ(error(""), "\"\" is no address and port: there is no :PORT" + how);
    EXPECT_EQ(error("10.0.2.0:65536"),
              "\"10.0.2.0:65536\" is no address and port: the port is a number from 0 to 65535" + how);
    EXPECT_EQ(error("10.0.2.0:"),
              "\"10.0.2.0:\" is no address and port: the port is a number from 0 to 65535" + how);
    EXPECT_EQ(error("10.0.2:80"),
              "\"10.0.2:80\" is no address and port: \"10.0.2\" is no IPv4 or IPv6 address" + how);
    EXPECT_EQ(
        error("fd00::2:80"),
        "\"fd00::2:80\" is no address and port: an IPv6 address stands in brackets before its port" + how);
}

TEST(EndpointTest, TheKernelsFormComesBackToo) {
    for (char const* const text : {"10.0.2.0:4078", "[fd00::2]:1"}) {
        Endpoint const endpoint = Endpoint::parse(text).value();
        EXPECT_EQ(SocketAddress::of(endpoint).value().endpoint(), endpoint);
    }
}

TEST(EndpointTest, AMappedAddressIsShownAsIPv4) {
    SocketAddress address;
    sockaddr_in6 in{.sin6_family = AF_INET6, .sin6_port = htons(7)};
    ::inet_pton(AF_INET6, "::ffff:10.0.1.0", &in.sin6_addr);
    std::memcpy(&address.storage, &in, sizeof in);
    EXPECT_EQ(address.endpoint().to_string(), "10.0.1.0:7");
}

TEST(EndpointTest, ADeviceThatIsNotThereIsNamed) {
    auto const address = SocketAddress::of(Endpoint::parse("[fe80::1%nodev]:1").value());
    ASSERT_FALSE(address);
    EXPECT_EQ(address.error().describe(), "there is no device \"nodev\" here");
}

TEST(ScopedAddressTest, OnlyIPv6HasADevice) {
    EXPECT_EQ(ScopedAddress::parse("fe80::1%v0").value().to_string(), "fe80::1%v0");
    EXPECT_FALSE(ScopedAddress::parse("10.0.0.1%v0"));
    EXPECT_FALSE(ScopedAddress::parse("fe80::1%"));
}

}  // namespace
}  // namespace vethwork
