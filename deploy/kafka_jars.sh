#!/usr/bin/env bash
# A Kafka broker's jars from Maven Central, once per version; prints the folder that they are in.
#   deploy/kafka_jars.sh [VERSION]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

version=${1:-4.1.1}
folder=$PWD/build/deps/kafka-$version
mkdir -p build/deps
exec 9>"$folder.lock"
flock 9
if [ ! -d "$folder" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  cat >"$work/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>trailbell</groupId><artifactId>broker</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId>
    <version>$version</version>
  </dependency></dependencies>
</project>
POM
  rm -rf "$folder.part"
  mvn -B -q -Dstyle.color=never -f "$work/pom.xml" \
    org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$folder.part" >&2
  mv "$folder.part" "$folder"
fi
echo "$folder"
