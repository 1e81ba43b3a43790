package org.copybay.copy.library;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The tables of media pools, and of the priorities of locations. */
final class PoolTable {
  private PoolTable() {}

  static void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "create table if not exists tape_pool (name text primary key, media text,"
              + " appendable integer not null, strict integer not null, free_pool text,"
              + " move_free integer not null, overwrites integer not null,"
              + " months integer not null)");
      statement.execute(
          "create table if not exists tape_location (name text primary key,"
              + " priority integer not null)");
    }
  }

  static void put(Connection connection, MediaPool pool) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("insert or replace into tape_pool values (?,?,?,?,?,?,?,?)")) {
      statement.setString(1, pool.name());
      statement.setString(2, pool.media() == null ? null : pool.media().name());
      statement.setBoolean(3, pool.appendable());
      statement.setBoolean(4, pool.strict());
      statement.setString(5, pool.freePool());
      statement.setBoolean(6, pool.moveFree());
      statement.setInt(7, pool.overwrites());
      statement.setInt(8, pool.months());
      statement.executeUpdate();
    }
  }

  static void delete(Connection connection, String name) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("delete from tape_pool where name=?")) {
      statement.setString(1, name);
      statement.executeUpdate();
    }
  }

  static List<MediaPool> pools(Connection connection) throws SQLException {
    List<MediaPool> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select * from tape_pool")) {
      while (row.next()) {
        String media = row.getString("media");
        found.add(
            new MediaPool(
                row.getString("name"),
                media == null ? null : TapeMedia.valueOf(media),
                row.getBoolean("appendable"),
                row.getBoolean("strict"),
                row.getString("free_pool"),
                row.getBoolean("move_free"),
                row.getInt("overwrites"),
                row.getInt("months")));
      }
    }
    return found;
  }

  // ---- locations

  /** Sets the priority of a location; 0 takes it away. */
  static void putLocation(Connection connection, String name, int priority) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            priority == 0
                ? "delete from tape_location where name=?"
                : "insert or replace into tape_location values (?,?)")) {
      statement.setString(1, name);
      if (priority != 0) {
        statement.setInt(2, priority);
      }
      statement.executeUpdate();
    }
  }

  static Map<String, Integer> locations(Connection connection) throws SQLException {
    Map<String, Integer> found = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select * from tape_location")) {
      while (row.next()) {
        found.put(row.getString("name"), row.getInt("priority"));
      }
    }
    return found;
  }
}
